"""Events, partitioned by day; the days are made and dropped by functions of the owner."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from apps.core.tables import Tables

TABLES = """
CREATE TABLE delivery_logevent (
  environment_id bigint NOT NULL,
  prompt_id bigint NOT NULL,
  version_id bigint NOT NULL,
  key_id bigint NOT NULL,
  started_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT statement_timestamp(),
  latency_ms double precision NOT NULL CHECK (latency_ms >= 0),
  day date NOT NULL CHECK (day = (started_at AT TIME ZONE 'UTC')::date),
  input_tokens integer NOT NULL CHECK (input_tokens >= 0),
  output_tokens integer NOT NULL CHECK (output_tokens >= 0),
  latency_bin smallint NOT NULL,
  ident varchar(128) NOT NULL,
  arm varchar(20) NOT NULL,
  split_id varchar(40) NOT NULL,
  model varchar(200) NOT NULL,
  status varchar(5) NOT NULL CHECK (status IN ('ok', 'error')),
  unit_hash bytea CHECK (octet_length(unit_hash) = 16),
  cost numeric(16, 9) CHECK (cost >= 0),
  error varchar(500) NOT NULL,
  tags varchar(40)[] NOT NULL,
  variables jsonb,
  output text,
  PRIMARY KEY (environment_id, ident, day)
) PARTITION BY RANGE (day);
CREATE INDEX log_event_place ON delivery_logevent (prompt_id, environment_id, started_at);
CREATE INDEX log_event_words ON delivery_logevent (prompt_id, started_at)
  WHERE variables IS NOT NULL OR output IS NOT NULL OR NOT error = '';

CREATE TABLE delivery_feedbackevent (
  environment_id bigint NOT NULL,
  prompt_id bigint NOT NULL,
  version_id bigint,
  key_id bigint NOT NULL,
  started_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT statement_timestamp(),
  value double precision NOT NULL,
  day date NOT NULL CHECK (day = (started_at AT TIME ZONE 'UTC')::date),
  ident varchar(128) NOT NULL,
  log_ident varchar(128),
  arm varchar(20) NOT NULL,
  split_id varchar(40) NOT NULL,
  name varchar(64) NOT NULL,
  kind varchar(6) NOT NULL CHECK (kind IN ('score', 'yes_no', 'number')),
  unit_hash bytea CHECK (octet_length(unit_hash) = 16),
  comment text,
  PRIMARY KEY (environment_id, ident, day)
) PARTITION BY RANGE (day);
CREATE INDEX feedback_event_place
  ON delivery_feedbackevent (prompt_id, environment_id, started_at);
CREATE INDEX feedback_event_call ON delivery_feedbackevent (environment_id, log_ident);
CREATE INDEX feedback_event_words ON delivery_feedbackevent (prompt_id, started_at)
  WHERE comment IS NOT NULL;
"""

# The run-time role may alter no table; these two are all that it can cause, and only for the two
# tables above. A partition is attached, not created in place, so that readers do not wait.
FUNCTIONS = """
CREATE FUNCTION galley_event_partition(kind text, day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF kind IS NULL OR kind NOT IN ('delivery_logevent', 'delivery_feedbackevent') THEN
    RAISE EXCEPTION '% is no table of events', kind USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF day IS NULL OR NOT isfinite(day) OR day < DATE '2000-01-01' OR day > current_date + 8 THEN
    RAISE EXCEPTION '% is no day of events', day USING ERRCODE = 'invalid_parameter_value';
  END IF;
  RETURN kind || to_char(day, '_YYYYMMDD');
END $$;

CREATE FUNCTION galley_make_events(kind text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name text := galley_event_partition(kind, day);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('galley-events'));
  IF to_regclass(format('public.%I', name)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format(
    'CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, kind
  );
  EXECUTE format(
    'ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
    kind, name, day, day + 1
  );
  RETURN true;
END $$;

CREATE FUNCTION galley_drop_events(kind text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name text := galley_event_partition(kind, day);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('galley-events'));
  IF NOT EXISTS (
    SELECT 1 FROM pg_inherits
     WHERE inhrelid = to_regclass(format('public.%I', name))
       AND inhparent = to_regclass(format('public.%I', kind))
  ) THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE public.%I', name);
  RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION galley_make_events(text, date) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION galley_drop_events(text, date) FROM PUBLIC;
"""
# A few days ahead; the job makes the others, and the intake makes a day that is missing.
DAYS = """
SELECT galley_make_events(kind, current_date + ahead)
  FROM unnest(ARRAY['delivery_logevent', 'delivery_feedbackevent']) kind,
       generate_series(-1, 2) ahead;
"""

AUDITED = """
CREATE CONSTRAINT TRIGGER delivery_keepingrule_audited
  AFTER INSERT OR UPDATE OR DELETE ON delivery_keepingrule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""


class Migration(migrations.Migration):

    replaces = [
        ('delivery', '0004_event_days'),
        ('delivery', '0005_words_that_are_kept'),
    ]

    dependencies = [
        ('delivery', '0001_tables'),
        ('audit', '0002_guards'),
        ('environments', '0001_tables'),
        ('prompts', '0001_tables'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(TABLES),
                migrations.RunSQL(FUNCTIONS),
                migrations.RunSQL(DAYS),
                migrations.RunSQL(AUDITED),
            ],
            state_operations=[Tables([
                migrations.CreateModel(
                    name='FeedbackEvent',
                    fields=[
                        ('pk', models.CompositePrimaryKey('environment', 'ident', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('ident', models.CharField(max_length=128)),
                        ('day', models.DateField()),
                        ('arm', models.CharField(default='', max_length=20)),
                        ('split_id', models.CharField(default='', max_length=40)),
                        ('log_ident', models.CharField(max_length=128, null=True)),
                        ('unit_hash', models.BinaryField(max_length=16, null=True)),
                        ('name', models.CharField(max_length=64)),
                        ('kind', models.CharField(max_length=6)),
                        ('value', models.FloatField()),
                        ('comment', models.TextField(null=True)),
                        ('started_at', models.DateTimeField()),
                        ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('environment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                        ('key', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                        ('prompt', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                        ('version', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                    ],
                    options={
                        'default_permissions': (),
                        'indexes': [models.Index(fields=['prompt', 'environment', 'started_at'], name='feedback_event_place'), models.Index(fields=['environment', 'log_ident'], name='feedback_event_call'), models.Index(condition=models.Q(('comment__isnull', False)), fields=['prompt', 'started_at'], name='feedback_event_words')],
                    },
                ),
                migrations.CreateModel(
                    name='LogEvent',
                    fields=[
                        ('pk', models.CompositePrimaryKey('environment', 'ident', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('ident', models.CharField(max_length=128)),
                        ('day', models.DateField()),
                        ('arm', models.CharField(default='', max_length=20)),
                        ('split_id', models.CharField(default='', max_length=40)),
                        ('model', models.CharField(max_length=200)),
                        ('unit_hash', models.BinaryField(max_length=16, null=True)),
                        ('started_at', models.DateTimeField()),
                        ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('latency_ms', models.FloatField()),
                        ('latency_bin', models.SmallIntegerField()),
                        ('input_tokens', models.PositiveIntegerField()),
                        ('output_tokens', models.PositiveIntegerField()),
                        ('cost', models.DecimalField(decimal_places=9, max_digits=16, null=True)),
                        ('status', models.CharField(max_length=5)),
                        ('error', models.CharField(default='', max_length=500)),
                        ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                        ('variables', models.JSONField(null=True)),
                        ('output', models.TextField(null=True)),
                        ('environment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                        ('key', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                        ('prompt', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                        ('version', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                    ],
                    options={
                        'default_permissions': (),
                        'indexes': [models.Index(fields=['prompt', 'environment', 'started_at'], name='log_event_place'), models.Index(condition=models.Q(('variables__isnull', False), ('output__isnull', False), models.Q(('error', ''), _negated=True), _connector='OR'), fields=['prompt', 'started_at'], name='log_event_words')],
                    },
                ),
            ])],
        ),
    ]

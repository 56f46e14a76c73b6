"""No experiment, no plan of a rollout and no shadow changes without an entry. What they ask is
fixed once they have started, and they stay for ever. What the pairs of a shadow say can be forgotten.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_experiment_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR NEW.plan IS NOT NULL OR NEW.result IS NOT NULL THEN
      RAISE EXCEPTION 'an experiment begins as a draft'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.made_by_id, NEW.made_at)
     IS DISTINCT FROM (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.made_by_id, OLD.made_at)
     OR OLD.state IN ('stopped', 'decided', 'abandoned')
     OR (OLD.state = 'running' AND (
       (NEW.name, NEW.hypothesis, NEW.arms, NEW.metric, NEW.smallest, NEW.guards, NEW.days, NEW.audience,
        NEW.plan, NEW.split_id, NEW.release_id, NEW.started_by_id, NEW.started_at)
       IS DISTINCT FROM
       (OLD.name, OLD.hypothesis, OLD.arms, OLD.metric, OLD.smallest, OLD.guards, OLD.days, OLD.audience,
        OLD.plan, OLD.split_id, OLD.release_id, OLD.started_by_id, OLD.started_at)
     ))
  THEN
    RAISE EXCEPTION 'what an experiment asks is fixed when it starts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'running' AND (NEW.plan IS NULL OR NEW.started_at IS NULL OR NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE id = NEW.release_id AND prompt_id = NEW.prompt_id
       AND environment_id = NEW.environment_id AND how = 'experiment'
       AND split->>'id' = NEW.split_id AND split->'arms' = NEW.arms
       AND coalesce(split->'audience'->'all', '[]'::jsonb) = NEW.audience
  )) THEN
    RAISE EXCEPTION 'an experiment runs as the release says that began it'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_experiment_stays BEFORE INSERT OR UPDATE ON experiments_experiment
  FOR EACH ROW EXECUTE FUNCTION galley_check_experiment_row();

CREATE FUNCTION galley_check_rollout_plan() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state NOT IN ('running', 'paused')
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.split_id, NEW.steps,
        NEW.hold, NEW.guards, NEW.on_harm, NEW.made_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.split_id, OLD.steps,
        OLD.hold, OLD.guards, OLD.on_harm, OLD.made_by_id)
  ) THEN
    RAISE EXCEPTION 'a plan stays what it was made for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE prompt_id = NEW.prompt_id AND environment_id = NEW.environment_id
       AND version_id = NEW.version_id AND split->>'id' = NEW.split_id
  ) THEN
    RAISE EXCEPTION 'a plan is about a release by steps of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_rolloutplan_stays BEFORE INSERT OR UPDATE ON experiments_rolloutplan
  FOR EACH ROW EXECUTE FUNCTION galley_check_rollout_plan();
"""

KEPT = "\n".join(
    f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT OR UPDATE ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table in ("experiments_experiment", "experiments_rolloutplan")
)

SHADOWS = """
CREATE FUNCTION galley_check_shadow() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state NOT IN ('running', 'paused')
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.suite_id, NEW.checks,
        NEW.threshold, NEW.model, NEW.judge, NEW.share, NEW.a_day, NEW.most, NEW.days, NEW.team_id,
        NEW.since, NEW.made_by_id, NEW.made_at)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.suite_id, OLD.checks,
        OLD.threshold, OLD.model, OLD.judge, OLD.share, OLD.a_day, OLD.most, OLD.days, OLD.team_id,
        OLD.since, OLD.made_by_id, OLD.made_at)
  ) THEN
    RAISE EXCEPTION 'what a shadow asks is fixed when it starts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND prompt_id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'a shadow is about a version of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_shadow_stays BEFORE INSERT OR UPDATE ON experiments_shadow
  FOR EACH ROW EXECUTE FUNCTION galley_check_shadow();
CREATE TRIGGER experiments_shadow_kept BEFORE DELETE ON experiments_shadow
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER experiments_shadow_not_emptied BEFORE TRUNCATE ON experiments_shadow
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER experiments_shadow_audited AFTER INSERT OR UPDATE ON experiments_shadow
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("experiments", "0002_guards"),
        ("experiments", "0003_audience"),
        ("experiments", "0005_shadow_guards"),
        ("experiments", "0006_shadow_judge"),
    ]
    dependencies: ClassVar = [
        ("experiments", "0001_tables"),
        ("environments", "0002_triggers"),
        ("prompts", "0001_tables"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(CHECK),
        migrations.RunSQL(KEPT),
        migrations.RunSQL(SHADOWS),
    ]

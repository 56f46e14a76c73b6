import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('environments', '0001_initial'),
        ('environments', '0005_release_split'),
        ('environments', '0006_label'),
        ('environments', '0008_keys_that_act'),
        ('environments', '0009_rule_terms'),
        ('environments', '0010_rule_changes'),
        ('environments', '0012_key_uses'),
        ('environments', '0014_how_experiment'),
    ]

    dependencies = [
        ('prompts', '0001_tables'),
        ('teams', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Environment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=63, unique=True)),
                    ('position', models.PositiveSmallIntegerField(null=True, unique=True)),
                    ('protected', models.BooleanField(default=False)),
                ],
                options={
                    'ordering': [models.OrderBy(models.F('position'), nulls_first=True)],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('kind', models.CharField(choices=[('read', 'Read: fetch and render what is live, and log calls'), ('write', 'Write: propose drafts and versions and ask for reviews, never release'), ('release', 'Release: release what is ready, through the gates, and roll back')], max_length=8)),
                    ('selector', models.CharField(max_length=16, unique=True)),
                    ('secret_hash', models.CharField(max_length=64)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('expires_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('namespaces', models.ManyToManyField(related_name='keys', to='teams.namespace')),
                    ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to=settings.AUTH_USER_MODEL)),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='environments.environment')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='successors', to='environments.apikey')),
                ],
                options={
                    'ordering': ['-created_at'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='HistoricalEnvironment',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('name', models.CharField(db_index=True, max_length=63)),
                    ('position', models.PositiveSmallIntegerField(db_index=True, null=True)),
                    ('protected', models.BooleanField(default=False)),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical environment',
                    'verbose_name_plural': 'historical environments',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalRule',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('approvals', models.PositiveSmallIntegerField(default=0)),
                    ('own_approval', models.BooleanField(default=False)),
                    ('in_order', models.BooleanField(default=True)),
                    ('on_last_approval', models.CharField(choices=[('release', 'goes live with the last approval'), ('wait', 'waits for a releaser')], default='wait', max_length=8)),
                    ('approvals_survive', models.BooleanField(default=False)),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('environment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='environments.environment')),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('namespace', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='teams.namespace')),
                    ('approval_days', models.PositiveSmallIntegerField(default=14)),
                    ('roll_back_approved', models.BooleanField(default=False)),
                    ('freezes', models.JSONField(default=list)),
                    ('locks', models.JSONField(default=list)),
                ],
                options={
                    'verbose_name': 'historical rule',
                    'verbose_name_plural': 'historical rules',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('revision', models.PositiveIntegerField()),
                    ('how', models.CharField(choices=[('publish', 'Released'), ('promote', 'Promoted'), ('roll_back', 'Rolled back'), ('step', 'Given another share of the traffic'), ('schedule', 'Released at its time'), ('break_glass', 'Released without its gates'), ('experiment', 'Shared with others in an experiment, or whole again after it')], max_length=12)),
                    ('reason', models.TextField(blank=True, default='')),
                    ('approvals_needed', models.PositiveSmallIntegerField(default=0)),
                    ('made_by_kind', models.CharField(max_length=10)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='environments.environment')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='prompts.prompt')),
                    ('replaced', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.release')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='prompts.version')),
                    ('split', models.JSONField(null=True)),
                ],
                options={
                    'ordering': ['-pk'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'revision'), name='one_release_a_revision')],
                },
            ),
            migrations.CreateModel(
                name='Deployment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('revision', models.PositiveIntegerField()),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='prompts.prompt')),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deployments', to='environments.environment')),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.release')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment'), name='one_deployment_a_place')],
                },
            ),
            migrations.CreateModel(
                name='Rule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('approvals', models.PositiveSmallIntegerField(default=0)),
                    ('own_approval', models.BooleanField(default=False)),
                    ('in_order', models.BooleanField(default=True)),
                    ('on_last_approval', models.CharField(choices=[('release', 'goes live with the last approval'), ('wait', 'waits for a releaser')], default='wait', max_length=8)),
                    ('approvals_survive', models.BooleanField(default=False)),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='environments.environment')),
                    ('namespace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='teams.namespace')),
                    ('teams', models.ManyToManyField(blank=True, related_name='rules', to='teams.team')),
                    ('approval_days', models.PositiveSmallIntegerField(default=14)),
                    ('roll_back_approved', models.BooleanField(default=False)),
                    ('freezes', models.JSONField(default=list)),
                    ('locks', models.JSONField(default=list)),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('environment', 'namespace'), name='one_rule_a_place')],
                },
            ),
            migrations.CreateModel(
                name='HistoricalRule_teams',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='environments.historicalrule')),
                    ('team', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='teams.team')),
                    ('rule', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='environments.rule')),
                ],
                options={
                    'verbose_name': 'HistoricalRule_teams',
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalLabel',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('name', models.CharField(max_length=63)),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('environment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='environments.environment')),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('prompt', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='prompts.prompt')),
                    ('release', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='environments.release')),
                ],
                options={
                    'verbose_name': 'historical label',
                    'verbose_name_plural': 'historical labels',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='Label',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=63)),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='environments.environment')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='prompts.prompt')),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='labels', to='environments.release')),
                ],
                options={
                    'ordering': ['name'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'name'), name='one_label_a_name')],
                },
            ),
            migrations.CreateModel(
                name='RuleChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('change', 'Change the rule'), ('override', 'Give the namespace a rule of its own'), ('remove', 'Take the rule away')], max_length=8)),
                    ('before', models.JSONField()),
                    ('after', models.JSONField()),
                    ('reason', models.TextField()),
                    ('state', models.CharField(choices=[('open', 'Waits for a second person'), ('approved', 'Approved'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='open', max_length=9)),
                    ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('answer', models.TextField(blank=True, default='')),
                    ('decided_in', models.BigIntegerField(null=True)),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='environments.environment')),
                    ('namespace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rule_changes', to='teams.namespace')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-pk'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('environment', 'namespace'), name='one_open_change_a_place')],
                },
            ),
            migrations.CreateModel(
                name='KeyUse',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first_used_at', models.DateTimeField()),
                    ('last_used_at', models.DateTimeField()),
                    ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='environments.apikey')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='prompts.prompt')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('key', 'prompt'), name='one_use_a_key')],
                },
            ),
        ]),
    ]

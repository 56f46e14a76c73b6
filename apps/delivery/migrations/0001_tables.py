import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('delivery', '0001_what_comes_back'),
        ('delivery', '0002_kept_answer_age'),
        ('delivery', '0003_what_is_kept'),
        ('delivery', '0006_call_days'),
    ]

    dependencies = [
        ('environments', '0001_tables'),
        ('prompts', '0001_tables'),
        ('teams', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='KeptAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('token', models.CharField(max_length=200)),
                    ('call', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField()),
                    ('body', models.TextField()),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('key', 'token'), name='one_kept_answer_a_token')],
                    'indexes': [models.Index(fields=['made_at'], name='kept_answer_age')],
                },
            ),
            migrations.CreateModel(
                name='SentName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(blank=True, max_length=64)),
                    ('first_seen', models.DateTimeField()),
                    ('last_seen', models.DateTimeField()),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('environment', 'prompt', 'name'), name='one_sent_name_a_place')],
                },
            ),
            migrations.CreateModel(
                name='HistoricalKeepingRule',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('keep_values', models.BooleanField(default=False)),
                    ('keep_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)])),
                    ('mask', models.BooleanField(default=True)),
                    ('sample_share', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('namespace', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='teams.namespace')),
                    ('call_days', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(31), django.core.validators.MaxValueValidator(90)])),
                ],
                options={
                    'verbose_name': 'historical keeping rule',
                    'verbose_name_plural': 'historical keeping rules',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='KeepingRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('keep_values', models.BooleanField(default=False)),
                    ('keep_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)])),
                    ('mask', models.BooleanField(default=True)),
                    ('sample_share', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)])),
                    ('namespace', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='keeping_rule', to='teams.namespace')),
                    ('call_days', models.PositiveSmallIntegerField(default=90, validators=[django.core.validators.MinValueValidator(31), django.core.validators.MaxValueValidator(90)])),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(('call_days__range', (31, 90)), ('keep_days__range', (1, 90)), ('sample_share__range', (1, 100))), name='keeping_rule_within_bounds')],
                },
            ),
            migrations.CreateModel(
                name='TouchedHour',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('hour', models.DateTimeField()),
                    ('environment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                ],
                options={
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='Unmatched',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('count', models.PositiveIntegerField(default=0)),
                    ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('key', 'day'), name='one_unmatched_count_a_day')],
                },
            ),
            migrations.CreateModel(
                name='WaitingFeedback',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ident', models.CharField(max_length=128)),
                    ('log_ident', models.CharField(max_length=128)),
                    ('told', models.JSONField()),
                    ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['received_at'], name='waiting_feedback_age')],
                    'constraints': [models.UniqueConstraint(fields=('key', 'ident'), name='one_waiting_feedback_an_id')],
                },
            ),
        ]),
    ]

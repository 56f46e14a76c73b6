import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('analytics', '0001_figures'),
        ('analytics', '0003_live_checks'),
        ('analytics', '0005_tag_latency'),
        ('analytics', '0006_what_is_said_by_part'),
    ]

    dependencies = [
        ('environments', '0001_tables'),
        ('evaluations', '0001_tables'),
        ('prompts', '0001_tables'),
        ('teams', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Alarm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('measure', models.CharField(choices=[('errors', 'Share of errors'), ('latency', 'Slowest twentieth (p95)'), ('cost', 'Cost'), ('liked', 'Satisfaction'), ('quality', 'Sampled answers that pass'), ('drift', 'Drift of a sampled check')], max_length=12)),
                    ('bound', models.FloatField()),
                    ('hours', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('armed', 'Watches'), ('ringing', 'Rings'), ('paused', 'Paused'), ('removed', 'Taken away')], default='armed', max_length=8)),
                    ('value', models.FloatField(null=True)),
                    ('rang_at', models.DateTimeField(null=True)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('namespace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.namespace')),
                    ('prompt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('seen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('subject', models.CharField(blank=True, default='', max_length=64)),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(('hours__gte', 1), ('hours__lte', 168)), name='alarm_looks_back_a_week'), models.UniqueConstraint(condition=models.Q(('state', 'removed'), _negated=True), fields=('namespace', 'prompt', 'environment', 'measure', 'subject', 'hours'), name='one_alarm_a_measure', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='DayFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('calls', models.BigIntegerField()),
                    ('errors', models.BigIntegerField()),
                    ('input_tokens', models.BigIntegerField()),
                    ('output_tokens', models.BigIntegerField()),
                    ('cost', models.DecimalField(decimal_places=9, max_digits=24)),
                    ('unpriced', models.BigIntegerField()),
                    ('latency_sum', models.FloatField()),
                    ('arm', models.CharField(blank=True, default='', max_length=20)),
                    ('split_id', models.CharField(blank=True, default='', max_length=40)),
                    ('model', models.CharField(max_length=200)),
                    ('latency_bins', models.BinaryField()),
                    ('day', models.DateField()),
                    ('environment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                    ('prompt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['day'], name='day_figures_by_day')],
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'day', 'version', 'arm', 'split_id', 'model', 'key'), name='one_day_figure')],
                },
            ),
            migrations.CreateModel(
                name='FeedbackHour',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('arm', models.CharField(blank=True, default='', max_length=20)),
                    ('split_id', models.CharField(blank=True, default='', max_length=40)),
                    ('name', models.CharField(max_length=64)),
                    ('kind', models.CharField(max_length=8)),
                    ('hour', models.DateTimeField()),
                    ('count', models.BigIntegerField()),
                    ('total', models.FloatField()),
                    ('squares', models.FloatField()),
                    ('positive', models.BigIntegerField()),
                    ('environment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['hour'], name='feedback_hours_by_hour')],
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'hour', 'version', 'arm', 'split_id', 'name', 'kind'), name='one_feedback_hour', nulls_distinct=False)],
                },
            ),
            migrations.CreateModel(
                name='HourFigure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('calls', models.BigIntegerField()),
                    ('errors', models.BigIntegerField()),
                    ('input_tokens', models.BigIntegerField()),
                    ('output_tokens', models.BigIntegerField()),
                    ('cost', models.DecimalField(decimal_places=9, max_digits=24)),
                    ('unpriced', models.BigIntegerField()),
                    ('latency_sum', models.FloatField()),
                    ('arm', models.CharField(blank=True, default='', max_length=20)),
                    ('split_id', models.CharField(blank=True, default='', max_length=40)),
                    ('model', models.CharField(max_length=200)),
                    ('latency_bins', models.BinaryField()),
                    ('hour', models.DateTimeField()),
                    ('environment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.apikey')),
                    ('prompt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['hour'], name='hour_figures_by_hour')],
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'hour', 'version', 'arm', 'split_id', 'model', 'key'), name='one_hour_figure')],
                },
            ),
            migrations.CreateModel(
                name='TagHour',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('calls', models.BigIntegerField()),
                    ('errors', models.BigIntegerField()),
                    ('input_tokens', models.BigIntegerField()),
                    ('output_tokens', models.BigIntegerField()),
                    ('cost', models.DecimalField(decimal_places=9, max_digits=24)),
                    ('unpriced', models.BigIntegerField()),
                    ('latency_sum', models.FloatField()),
                    ('tag', models.CharField(max_length=40)),
                    ('hour', models.DateTimeField()),
                    ('environment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                    ('latency_bins', models.BinaryField(default=b'')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['hour'], name='tag_hours_by_hour')],
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'hour', 'version', 'tag'), name='one_tag_hour')],
                },
            ),
            migrations.CreateModel(
                name='LiveCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('judge', models.CharField(max_length=200)),
                    ('share', models.PositiveSmallIntegerField()),
                    ('most_a_day', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('on', 'Judges'), ('paused', 'Paused')], default='on', max_length=8)),
                    ('set_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('suite', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.suite')),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment'), name='one_live_check_a_place'), models.CheckConstraint(condition=models.Q(('most_a_day__range', (1, 10000)), ('share__range', (1, 100))), name='live_check_within_bounds')],
                },
            ),
            migrations.CreateModel(
                name='LiveLook',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ident', models.CharField(max_length=128)),
                    ('day', models.DateField()),
                    ('unsaid', models.JSONField(default=dict)),
                    ('cost', models.DecimalField(decimal_places=8, default=0, max_digits=18)),
                    ('looked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('live', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='analytics.livecheck')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['live', 'looked_at'], name='live_looks_of_a_day')],
                    'constraints': [models.UniqueConstraint(fields=('live', 'ident', 'day'), name='one_look_a_call')],
                },
            ),
            migrations.CreateModel(
                name='LiveWork',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('busy_until', models.DateTimeField(null=True)),
                    ('tried_at', models.DateTimeField(null=True)),
                    ('held', models.TextField(blank=True, default='')),
                    ('live', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='work', to='analytics.livecheck')),
                ],
                options={
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='PartHour',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('part', models.CharField(max_length=5)),
                    ('value', models.CharField(max_length=200)),
                    ('name', models.CharField(max_length=64)),
                    ('kind', models.CharField(max_length=8)),
                    ('hour', models.DateTimeField()),
                    ('count', models.BigIntegerField()),
                    ('positive', models.BigIntegerField()),
                    ('environment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.environment')),
                    ('prompt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('version', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['hour'], name='part_hours_by_hour')],
                    'constraints': [models.UniqueConstraint(fields=('prompt', 'environment', 'hour', 'version', 'part', 'value', 'name', 'kind'), name='one_part_hour', nulls_distinct=False)],
                },
            ),
        ]),
    ]

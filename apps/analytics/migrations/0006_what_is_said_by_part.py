"""What is said of a call, by its model and its tags: hours that were counted before are counted
again, as far as their events are still there."""

import django.db.models.deletion
from django.db import migrations, models


COUNT_AGAIN = """
INSERT INTO delivery_touchedhour (environment_id, prompt_id, hour)
SELECT DISTINCT environment_id, prompt_id, hour FROM analytics_feedbackhour
"""


class Migration(migrations.Migration):

    dependencies = [
        ('analytics', '0005_tag_latency'),
        ('environments', '0014_how_experiment'),
        ('prompts', '0013_deprecation_guards'),
    ]

    operations = [
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
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]

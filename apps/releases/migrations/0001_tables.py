import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('releases', '0003_schedules'),
        ('releases', '0006_bundles'),
        ('releases', '0008_follow_ups'),
        ('releases', '0010_waivers'),
        ('releases', '0013_overdue_told'),
    ]

    dependencies = [
        ('environments', '0001_tables'),
        ('prompts', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Schedule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('reason', models.TextField(blank=True, default='')),
                    ('acknowledged', models.BooleanField(default=False)),
                    ('state', models.CharField(choices=[('waiting', 'Waiting for its time'), ('done', 'Released'), ('refused', 'Refused at its time'), ('withdrawn', 'Withdrawn')], default='waiting', max_length=10)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('refusal', models.TextField(blank=True, default='')),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='environments.environment')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='prompts.prompt')),
                    ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.release')),
                    ('replaces', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.release')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedules', to='prompts.version')),
                ],
                options={
                    'ordering': ['at'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('prompt', 'environment'), name='one_waiting_schedule_a_place')],
                },
            ),
            migrations.CreateModel(
                name='ReleaseBundle',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.TextField(blank=True, default='')),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='environments.environment')),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-pk'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='BundleItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('release', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bundle_item', to='environments.release')),
                    ('bundle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='releases.releasebundle')),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='FollowUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('due_at', models.DateTimeField()),
                    ('state', models.CharField(choices=[('open', 'Waits for somebody else'), ('closed', 'Closed')], default='open', max_length=6)),
                    ('closed_at', models.DateTimeField(null=True)),
                    ('words', models.TextField(blank=True, default='')),
                    ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('release', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='follow_up', to='environments.release')),
                    ('overdue_told_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['due_at'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='Waiver',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('content_hash', models.CharField(max_length=71)),
                    ('gate', models.CharField(max_length=20)),
                    ('subject', models.CharField(max_length=64)),
                    ('finding', models.TextField()),
                    ('reason', models.TextField()),
                    ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('confirmed', 'Waived'), ('withdrawn', 'Withdrawn')], default='proposed', max_length=10)),
                    ('proposed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('confirmed_at', models.DateTimeField(null=True)),
                    ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='environments.environment')),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waivers', to='prompts.version')),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'confirmed'])), fields=('version', 'environment', 'gate', 'subject'), name='one_waiver_a_finding')],
                },
            ),
        ]),
    ]

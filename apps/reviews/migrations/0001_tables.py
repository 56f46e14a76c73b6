import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('reviews', '0001_initial'),
        ('reviews', '0003_discussion'),
        ('reviews', '0004_thread_prompt'),
        ('reviews', '0005_round_summary'),
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
                name='Review',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('open', 'Waiting for review'), ('approved', 'Approved'), ('changes_requested', 'Changes requested'), ('withdrawn', 'Withdrawn'), ('released', 'Released'), ('overtaken', 'Overtaken')], default='open', max_length=20)),
                    ('release_when_approved', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('environment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='environments.environment')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='prompts.prompt')),
                    ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review', to='environments.release')),
                    ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-changed_at'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'approved', 'changes_requested'])), fields=('prompt', 'environment'), name='one_running_review_a_place')],
                },
            ),
            migrations.CreateModel(
                name='Round',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('reason', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='reviews.review')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='prompts.version')),
                    ('summary', models.TextField(blank=True, default='')),
                ],
                options={
                    'ordering': ['-number'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('review', 'number'), name='one_round_a_number')],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('approve', 'Approved'), ('request_changes', 'Asked for changes')], max_length=16)),
                    ('reason', models.TextField(blank=True, default='')),
                    ('content_hash', models.CharField(max_length=71)),
                    ('live_revision', models.PositiveIntegerField(default=0)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='reviews.round')),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='one_decision_a_round')],
                },
            ),
            migrations.CreateModel(
                name='Thread',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('block_key', models.UUIDField(null=True)),
                    ('block_label', models.CharField(blank=True, default='', max_length=1100)),
                    ('quote', models.TextField(blank=True, default='')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('resolved_at', models.DateTimeField(null=True)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='reviews.review')),
                    ('version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                    ('after', models.CharField(blank=True, default='', max_length=64)),
                    ('before', models.CharField(blank=True, default='', max_length=64)),
                    ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='prompts.draft')),
                    ('prompt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='threads', to='prompts.prompt')),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('draft', None), ('review__isnull', False), ('version__isnull', False)), models.Q(('draft__isnull', False), ('review', None)), _connector='OR'), name='thread_of_a_review_or_a_draft')],
                },
            ),
            migrations.CreateModel(
                name='Comment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('body', models.TextField()),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('thread', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='reviews.thread')),
                    ('edited_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['pk'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='Look',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('earlier_at', models.DateTimeField(null=True)),
                    ('earlier_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='looks', to='reviews.review')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.version')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('review', 'person'), name='one_look_a_person')],
                },
            ),
            migrations.CreateModel(
                name='Mention',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('comment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='reviews.comment')),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.team')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('comment', 'person'), name='one_mention_a_person'), models.UniqueConstraint(fields=('comment', 'team'), name='one_mention_a_team'), models.CheckConstraint(condition=models.Q(models.Q(('person', None), ('team__isnull', False)), models.Q(('person__isnull', False), ('team', None)), _connector='OR'), name='mention_of_one')],
                },
            ),
            migrations.CreateModel(
                name='Suggestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('block_key', models.UUIDField()),
                    ('base', models.TextField()),
                    ('body', models.TextField()),
                    ('state', models.CharField(choices=[('open', 'Suggested'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed')], default='open', max_length=10)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='suggestion', to='reviews.comment')),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'default_permissions': (),
                },
            ),
        ]),
    ]

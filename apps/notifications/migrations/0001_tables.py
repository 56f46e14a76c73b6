import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from apps.core.tables import Tables


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_letters'),
        ('notifications', '0003_told_and_ended'),
        ('notifications', '0004_told_of_edits'),
        ('notifications', '0005_told_state'),
        ('notifications', '0006_muted_threads'),
        ('notifications', '0007_rule_changes'),
        ('notifications', '0008_rating_requests'),
    ]

    dependencies = [
        ('environments', '0001_tables'),
        ('evaluations', '0001_tables'),
        ('prompts', '0001_tables'),
        ('reviews', '0001_tables'),
        ('teams', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='InboxItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('seq', models.BigIntegerField(null=True)),
                    ('event', models.CharField(max_length=80)),
                    ('needs_action', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('done_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inbox', to=settings.AUTH_USER_MODEL)),
                    ('prompt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('review', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.review')),
                    ('access_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.accessrequest')),
                    ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.comment')),
                    ('snoozed_until', models.DateTimeField(null=True)),
                    ('in_inbox', models.BooleanField(db_default=True, default=True)),
                    ('rule_change', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='environments.rulechange')),
                    ('rating_request', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.ratingrequest')),
                ],
                options={
                    'ordering': ['-pk'],
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['person', 'done_at', '-id'], name='inbox_open')],
                    'constraints': [models.UniqueConstraint(fields=('person', 'seq'), name='one_item_an_event'), models.UniqueConstraint(fields=('person', 'comment', 'event'), name='one_item_a_comment'), models.CheckConstraint(condition=models.Q(models.Q(('comment', None), ('seq__isnull', False)), models.Q(('comment__isnull', False), ('seq', None)), _connector='OR'), name='item_of_an_entry_or_a_comment')],
                },
            ),
            migrations.CreateModel(
                name='Following',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('level', models.CharField(choices=[('watch', 'Watching'), ('mute', 'Muted')], max_length=5)),
                    ('namespace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='teams.namespace')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='followings', to=settings.AUTH_USER_MODEL)),
                    ('prompt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prompts.prompt')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('thread', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.thread')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('person', 'prompt'), name='one_level_a_prompt'), models.UniqueConstraint(fields=('person', 'namespace'), name='one_level_a_namespace'), models.UniqueConstraint(fields=('person', 'thread'), name='one_level_a_thread'), models.CheckConstraint(condition=models.Q(models.Q(('namespace__isnull', False), ('prompt', None), ('thread', None)), models.Q(('namespace', None), ('prompt__isnull', False), ('thread', None)), models.Q(('level', 'mute'), ('namespace', None), ('prompt', None), ('thread__isnull', False)), _connector='OR'), name='following_of_one_place')],
                },
            ),
            migrations.CreateModel(
                name='Letter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('now', 'At once'), ('digest', 'Daily digest')], max_length=6)),
                    ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('attempts', models.PositiveIntegerField(default=0)),
                    ('problem', models.CharField(blank=True, default='', max_length=300)),
                    ('items', models.ManyToManyField(related_name='letters', to='notifications.inboxitem')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to=settings.AUTH_USER_MODEL)),
                    ('dropped_at', models.DateTimeField(null=True)),
                    ('parked_at', models.DateTimeField(null=True)),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['due_at'], name='letters_to_send')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('dropped_at', None), ('kind', 'digest'), ('parked_at', None), ('sent_at', None)), fields=('person',), name='one_open_digest_a_person')],
                },
            ),
            migrations.CreateModel(
                name='NoticeChoice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=40)),
                    ('inbox', models.BooleanField(default=True)),
                    ('email', models.CharField(choices=[('none', 'No e-mail'), ('now', 'At once'), ('digest', 'Daily digest')], default='none', max_length=6)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_choices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('person', 'kind'), name='one_choice_a_kind')],
                },
            ),
            migrations.CreateModel(
                name='ToldComment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('comment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.comment')),
                    ('edited_at', models.DateTimeField(null=True)),
                ],
                options={
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='ToldSuggestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('suggestion', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reviews.suggestion')),
                    ('state', models.CharField(default='', max_length=10)),
                ],
                options={
                    'default_permissions': (),
                },
            ),
        ]),
    ]

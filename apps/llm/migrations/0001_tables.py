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
        ('llm', '0001_initial'),
    ]

    dependencies = [
        ('teams', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Tables([
            migrations.CreateModel(
                name='Connection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80, unique=True)),
                    ('kind', models.CharField(choices=[('openai', 'OpenAI, or any server that speaks its protocol'), ('anthropic', 'Anthropic')], max_length=10)),
                    ('base_url', models.CharField(blank=True, default='', max_length=300)),
                    ('secret', models.BinaryField(default=b'')),
                    ('secret_key_id', models.CharField(blank=True, default='', max_length=16)),
                    ('secret_last4', models.CharField(blank=True, default='', max_length=4)),
                    ('allow_private', models.BooleanField(default=False)),
                    ('max_parallel', models.PositiveSmallIntegerField(default=8)),
                    ('timeout_s', models.PositiveSmallIntegerField(default=60)),
                    ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'ordering': ['name'],
                    'default_permissions': (),
                },
            ),
            migrations.CreateModel(
                name='ConnectedModel',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, unique=True)),
                    ('remote_name', models.CharField(max_length=200)),
                    ('use', models.CharField(choices=[('chat', 'Answers'), ('embedding', 'Compares meanings (embeddings)')], default='chat', max_length=10)),
                    ('input_price', models.DecimalField(decimal_places=6, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                    ('output_price', models.DecimalField(decimal_places=6, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                    ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
                    ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='models', to='llm.connection')),
                ],
                options={
                    'ordering': ['name'],
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('input_price', None), ('output_price', None)), models.Q(('input_price__gte', 0), ('output_price__gte', 0)), _connector='OR'), name='both_prices_or_none')],
                },
            ),
            migrations.CreateModel(
                name='HistoricalBudget',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('month_limit', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)])),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('team', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='teams.team')),
                ],
                options={
                    'verbose_name': 'historical budget',
                    'verbose_name_plural': 'historical budgets',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalConnectedModel',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('name', models.CharField(db_index=True, max_length=200)),
                    ('remote_name', models.CharField(max_length=200)),
                    ('use', models.CharField(choices=[('chat', 'Answers'), ('embedding', 'Compares meanings (embeddings)')], default='chat', max_length=10)),
                    ('input_price', models.DecimalField(decimal_places=6, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                    ('output_price', models.DecimalField(decimal_places=6, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                    ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('connection', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='llm.connection')),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical connected model',
                    'verbose_name_plural': 'historical connected models',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalConnection',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('name', models.CharField(db_index=True, max_length=80)),
                    ('kind', models.CharField(choices=[('openai', 'OpenAI, or any server that speaks its protocol'), ('anthropic', 'Anthropic')], max_length=10)),
                    ('base_url', models.CharField(blank=True, default='', max_length=300)),
                    ('secret_key_id', models.CharField(blank=True, default='', max_length=16)),
                    ('secret_last4', models.CharField(blank=True, default='', max_length=4)),
                    ('allow_private', models.BooleanField(default=False)),
                    ('max_parallel', models.PositiveSmallIntegerField(default=8)),
                    ('timeout_s', models.PositiveSmallIntegerField(default=60)),
                    ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired')], default='active', max_length=8)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical connection',
                    'verbose_name_plural': 'historical connections',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='HistoricalModelPermit',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                    ('history_change_reason', models.TextField(blank=True, default='')),
                    ('history_id', models.AutoField(primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField(db_index=True)),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('model', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='llm.connectedmodel')),
                    ('namespace', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='teams.namespace')),
                ],
                options={
                    'verbose_name': 'historical model permit',
                    'verbose_name_plural': 'historical model permits',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ),
            migrations.CreateModel(
                name='ModelPermit',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='llm.connectedmodel')),
                    ('namespace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='permits', to='teams.namespace')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('namespace', 'model'), name='one_permit_a_model')],
                },
            ),
            migrations.CreateModel(
                name='Reservation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('amount', models.DecimalField(decimal_places=8, max_digits=18)),
                    ('settled_amount', models.DecimalField(decimal_places=8, max_digits=18, null=True)),
                    ('purpose', models.CharField(max_length=40)),
                    ('run_ref', models.CharField(blank=True, default='', max_length=80)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('settled_at', models.DateTimeField(null=True)),
                    ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='teams.team')),
                ],
                options={
                    'default_permissions': (),
                    'indexes': [models.Index(fields=['team', 'created_at'], name='reservation_month'), models.Index(condition=models.Q(('settled_at', None)), fields=['created_at'], name='reservation_open')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0), models.Q(('settled_amount', None), ('settled_amount__gte', 0), _connector='OR')), name='reservation_not_below_nothing'), models.CheckConstraint(condition=models.Q(models.Q(('settled_amount', None), ('settled_at', None)), models.Q(('settled_amount__isnull', False), ('settled_at__isnull', False)), _connector='OR'), name='reservation_settled_whole')],
                },
            ),
            migrations.CreateModel(
                name='Budget',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('month_limit', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(0)])),
                    ('team', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='budget', to='teams.team')),
                ],
                options={
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(('month_limit__gte', 0)), name='budget_not_below_nothing')],
                },
            ),
        ]),
    ]

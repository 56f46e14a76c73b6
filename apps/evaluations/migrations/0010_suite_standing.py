import django.db.models.deletion
from django.db import migrations, models


STANDING, SUITE = "evaluations_suitestanding", "evaluations_suite"
CHANGES = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
TRIGGERS = [
    (table, f"{table}_{change.lower()}_{rows.lower()}_stands_anew", change, rows)
    for table in ("evaluations_case", "evaluations_check")
    for change, rows in CHANGES
]

# Whatever changes a case, a check or the threshold: the suite is no longer what was frozen.
GUARDS = f"""
CREATE FUNCTION galley_suite_parts_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM {STANDING} WHERE suite_id IN (SELECT suite_id FROM touched);
  RETURN NULL;
END $$;
CREATE FUNCTION galley_suite_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM {STANDING} WHERE suite_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER {SUITE}_stands_anew AFTER UPDATE ON {SUITE}
  FOR EACH ROW WHEN (OLD.threshold IS DISTINCT FROM NEW.threshold)
  EXECUTE FUNCTION galley_suite_changed();
""" + "".join(
    f"""
CREATE TRIGGER {name} AFTER {change} ON {table}
  REFERENCING {rows} TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION galley_suite_parts_changed();
"""
    for table, name, change, rows in TRIGGERS
)
DROP = (
    "".join(f"DROP TRIGGER {name} ON {table};" for table, name, _change, _rows in TRIGGERS)
    + f"""
DROP TRIGGER {SUITE}_stands_anew ON {SUITE};
DROP FUNCTION galley_suite_changed();
DROP FUNCTION galley_suite_parts_changed();
"""
)


class Migration(migrations.Migration):

    dependencies = [
        ('evaluations', '0009_changed_schedules'),
    ]

    operations = [
        migrations.CreateModel(
            name='SuiteStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('suite', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='standing', to='evaluations.suite')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='standing', to='evaluations.suiteversion')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(GUARDS, DROP),
    ]

from importlib import import_module

from django.db import migrations

SCHEDULE = "evaluations_suiteschedule"
before = import_module("apps.evaluations.migrations.0006_planned_runs")


def kept(condition: str) -> str:
    return f"""
DROP TRIGGER {SCHEDULE}_kept ON {SCHEDULE};
CREATE TRIGGER {SCHEDULE}_kept BEFORE UPDATE ON {SCHEDULE}
  FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION galley_refuse_change();
"""


# A schedule may run otherwise, with an audit entry of each change; what it is about stays, and one
# that has ended is never changed.
FIXED = before.changed("suite_id", "environment_id") + " OR OLD.state = 'ended'"


class Migration(migrations.Migration):

    dependencies = [
        ("evaluations", "0008_trial_drafts"),
    ]

    operations = [
        migrations.RunSQL(kept(FIXED), kept(before.KEPT[SCHEDULE])),
    ]

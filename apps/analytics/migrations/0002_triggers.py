"""No alarm and no setting of live checks changes without an audit entry, and none is deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("analytics_alarm", "analytics_livecheck")
TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT OR UPDATE ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("analytics", "0002_alarm_guards"),
        ("analytics", "0004_live_check_guards"),
    ]
    dependencies: ClassVar = [
        ("analytics", "0001_tables"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(TRIGGERS),
    ]

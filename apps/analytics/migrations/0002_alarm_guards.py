"""No alarm is set, rings or is taken away without an audit entry, and none is deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER analytics_alarm_kept BEFORE DELETE ON analytics_alarm
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER analytics_alarm_not_emptied BEFORE TRUNCATE ON analytics_alarm
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER analytics_alarm_audited AFTER INSERT OR UPDATE ON analytics_alarm
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER analytics_alarm_audited ON analytics_alarm;
DROP TRIGGER analytics_alarm_not_emptied ON analytics_alarm;
DROP TRIGGER analytics_alarm_kept ON analytics_alarm;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("analytics", "0001_figures"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(TRIGGERS, DROP)]

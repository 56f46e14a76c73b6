"""No setting of live checks changes without an audit entry, and none is deleted."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER analytics_livecheck_kept BEFORE DELETE ON analytics_livecheck
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER analytics_livecheck_not_emptied BEFORE TRUNCATE ON analytics_livecheck
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER analytics_livecheck_audited AFTER INSERT OR UPDATE ON analytics_livecheck
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER analytics_livecheck_audited ON analytics_livecheck;
DROP TRIGGER analytics_livecheck_not_emptied ON analytics_livecheck;
DROP TRIGGER analytics_livecheck_kept ON analytics_livecheck;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("analytics", "0003_live_checks"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(TRIGGERS, DROP)]

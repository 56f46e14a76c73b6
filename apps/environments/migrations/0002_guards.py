"""Releases are only ever added to; nothing goes live without an audit entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER environments_release_kept BEFORE UPDATE OR DELETE ON environments_release
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER environments_release_not_emptied BEFORE TRUNCATE ON environments_release
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER environments_release_audited AFTER INSERT ON environments_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE TRIGGER environments_deployment_kept BEFORE DELETE ON environments_deployment
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER environments_deployment_not_emptied BEFORE TRUNCATE ON environments_deployment
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER environments_deployment_audited
  AFTER INSERT OR UPDATE ON environments_deployment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

DROP = """
DROP TRIGGER environments_deployment_audited ON environments_deployment;
DROP TRIGGER environments_deployment_not_emptied ON environments_deployment;
DROP TRIGGER environments_deployment_kept ON environments_deployment;
DROP TRIGGER environments_release_audited ON environments_release;
DROP TRIGGER environments_release_not_emptied ON environments_release;
DROP TRIGGER environments_release_kept ON environments_release;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0001_initial"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(TRIGGERS, DROP)]

"""No request for access is made or answered without an audit entry of the same transaction."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLE = "teams_accessrequest"
CREATE = (
    f"CREATE CONSTRAINT TRIGGER {TABLE}_audited AFTER INSERT OR UPDATE OR DELETE ON {TABLE}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
)
DROP = f"DROP TRIGGER {TABLE}_audited ON {TABLE};"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("teams", "0004_ask_for_access"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]

"""No right, team, namespace or account changes without an audit entry of the same transaction."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = {
    "teams_team": "INSERT OR UPDATE OR DELETE",
    "teams_membership": "INSERT OR UPDATE OR DELETE",
    "teams_namespace": "INSERT OR UPDATE",
    "teams_namespaceuserobjectpermission": "INSERT OR UPDATE OR DELETE",
    "teams_namespacegroupobjectpermission": "INSERT OR UPDATE OR DELETE",
    "teams_invitation": "INSERT OR UPDATE OR DELETE",
    "accounts_user_groups": "INSERT OR UPDATE OR DELETE",
    "accounts_user": "UPDATE OF is_active OR DELETE",
}
CREATE = "\n".join(
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER {events} ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table, events in TABLES.items()
)
DROP = "\n".join(f"DROP TRIGGER {table}_audited ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("teams", "0002_root_namespace"),
        ("accounts", "0001_initial"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]

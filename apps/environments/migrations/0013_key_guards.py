"""Who made a key, and which one it replaces, change with an entry of the trail, as all of it does
but its last use."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

KEY_COLUMNS = (
    "id, name, kind, environment_id, owner_id, selector, secret_hash, created_at, expires_at,"
    " revoked_at, made_by_id, replaces_id"
)
BEFORE = KEY_COLUMNS.removesuffix(", made_by_id, replaces_id")


def trigger(columns: str) -> str:
    return f"""
DROP TRIGGER environments_apikey_audited ON environments_apikey;
CREATE CONSTRAINT TRIGGER environments_apikey_audited
  AFTER INSERT OR UPDATE OF {columns} OR DELETE ON environments_apikey
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0012_key_uses")]

    operations: ClassVar = [migrations.RunSQL(trigger(KEY_COLUMNS), trigger(BEFORE))]

"""No rule, environment or key changes without an audit entry of the same transaction, and the rule
of a protected environment never falls below what it asks for.

After the seed, which fills a new installation before there is a trail to write to.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# The delivery writes down when a key was last used: no act of a person, so no entry.
KEY_COLUMNS = (
    "id, name, kind, environment_id, owner_id, selector, secret_hash, created_at, expires_at,"
    " revoked_at"
)
TABLES = {
    "environments_environment": "UPDATE",
    "environments_rule": "INSERT OR UPDATE OR DELETE",
    "environments_rule_teams": "INSERT OR UPDATE OR DELETE",
    "environments_apikey": f"INSERT OR UPDATE OF {KEY_COLUMNS} OR DELETE",
    "environments_apikey_namespaces": "INSERT OR UPDATE OR DELETE",
}
CREATE = "\n".join(
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER {events} ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table, events in TABLES.items()
)
DROP = "\n".join(f"DROP TRIGGER {table}_audited ON {table};" for table in TABLES)

STRICT = """
CREATE FUNCTION galley_keep_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.environment_id <> OLD.environment_id OR NEW.namespace_id <> OLD.namespace_id THEN
    RAISE EXCEPTION 'a rule stays where it was made' USING ERRCODE = 'check_violation';
  END IF;
  IF (NEW.approvals < OLD.approvals OR (NEW.own_approval AND NOT OLD.own_approval))
     AND EXISTS (
       SELECT 1 FROM environments_environment WHERE id = OLD.environment_id AND protected
     ) THEN
    RAISE EXCEPTION 'the rule of a protected environment only becomes stricter'
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER environments_rule_strict BEFORE UPDATE ON environments_rule
  FOR EACH ROW EXECUTE FUNCTION galley_keep_rule();
"""
DROP_STRICT = """
DROP TRIGGER environments_rule_strict ON environments_rule;
DROP FUNCTION galley_keep_rule();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0003_seed"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(STRICT, DROP_STRICT),
    ]

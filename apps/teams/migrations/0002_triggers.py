"""The root namespace; every lineage is the way down to its own row; and no right, team, namespace,
account or request for access changes without an audit entry of the same transaction.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

ROOT = """
INSERT INTO teams_namespace (id, path, parent_id, lineage, purpose)
SELECT id, '', NULL, ARRAY[id], 'Everything'
FROM (SELECT nextval(pg_get_serial_sequence('teams_namespace', 'id')) AS id) AS made;
"""

LINEAGES = """
CREATE FUNCTION galley_check_lineage() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  above record;
BEGIN
  IF NEW.parent_id IS NULL THEN
    IF NEW.lineage <> ARRAY[NEW.id] THEN
      RAISE EXCEPTION 'the lineage of the root is its own id';
    END IF;
    RETURN NEW;
  END IF;
  SELECT path, lineage INTO above FROM teams_namespace WHERE id = NEW.parent_id;
  IF NEW.lineage IS DISTINCT FROM above.lineage || NEW.id THEN
    RAISE EXCEPTION 'the lineage of namespace % is not that of its parent and itself', NEW.path;
  END IF;
  IF NEW.path <> concat_ws('/', nullif(above.path, ''), substring(NEW.path FROM '[^/]+$')) THEN
    RAISE EXCEPTION 'namespace % does not lie directly in %', NEW.path, above.path;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER teams_namespace_lineage BEFORE INSERT OR UPDATE ON teams_namespace
  FOR EACH ROW EXECUTE FUNCTION galley_check_lineage();
CREATE FUNCTION galley_keep_namespace() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a namespace is never deleted';
END $$;
CREATE TRIGGER teams_namespace_kept BEFORE DELETE ON teams_namespace
  FOR EACH ROW EXECUTE FUNCTION galley_keep_namespace();
"""

TABLES = {
    "teams_team": "INSERT OR UPDATE OR DELETE",
    "teams_membership": "INSERT OR UPDATE OR DELETE",
    "teams_namespace": "INSERT OR UPDATE",
    "teams_namespaceuserobjectpermission": "INSERT OR UPDATE OR DELETE",
    "teams_namespacegroupobjectpermission": "INSERT OR UPDATE OR DELETE",
    "teams_invitation": "INSERT OR UPDATE OR DELETE",
    "teams_accessrequest": "INSERT OR UPDATE OR DELETE",
    "accounts_user_groups": "INSERT OR UPDATE OR DELETE",
    "accounts_user": "UPDATE OF is_active OR DELETE",
}
AUDITED = "\n".join(
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER {events} ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table, events in TABLES.items()
)


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("teams", "0002_root_namespace"),
        ("teams", "0003_guards"),
        ("teams", "0005_access_guards"),
    ]
    dependencies: ClassVar = [
        ("teams", "0001_tables"),
        ("accounts", "0001_initial"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(ROOT),
        migrations.RunSQL(LINEAGES),
        migrations.RunSQL(AUDITED),
    ]

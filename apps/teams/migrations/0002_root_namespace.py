"""The root namespace, and a guard that every lineage is the way down to its own row."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

ROOT = """
INSERT INTO teams_namespace (id, path, parent_id, lineage, purpose)
SELECT id, '', NULL, ARRAY[id], 'Everything'
FROM (SELECT nextval(pg_get_serial_sequence('teams_namespace', 'id')) AS id) AS made;
"""

GUARDS = """
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

DROP = """
DROP TRIGGER teams_namespace_kept ON teams_namespace;
DROP FUNCTION galley_keep_namespace();
DROP TRIGGER teams_namespace_lineage ON teams_namespace;
DROP FUNCTION galley_check_lineage();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("teams", "0001_initial"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(ROOT, "DELETE FROM teams_namespace WHERE path = ''"),
        migrations.RunSQL(GUARDS, DROP),
    ]

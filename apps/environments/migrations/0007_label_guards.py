"""A label stays in its place, names a release of that place, and never moves without an entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_label() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.name)
     IS DISTINCT FROM (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.name) THEN
    RAISE EXCEPTION 'a label stays in its place' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.name !~ '^[a-z0-9][a-z0-9_-]{0,62}$' OR NEW.name ~ '^v?[0-9]+$'
     OR NEW.name IN ('latest', 'live')
     OR EXISTS (SELECT 1 FROM environments_environment WHERE name = NEW.name) THEN
    RAISE EXCEPTION 'this is no name for a label' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE id = NEW.release_id AND prompt_id = NEW.prompt_id
       AND environment_id = NEW.environment_id
  ) THEN
    RAISE EXCEPTION 'a label names a release of its own prompt and environment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER environments_label_fits BEFORE INSERT OR UPDATE ON environments_label
  FOR EACH ROW EXECUTE FUNCTION galley_check_label();
CREATE CONSTRAINT TRIGGER environments_label_audited
  AFTER INSERT OR UPDATE OR DELETE ON environments_label
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER environments_label_audited ON environments_label;
DROP TRIGGER environments_label_fits ON environments_label;
DROP FUNCTION galley_check_label();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0006_label"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CHECK, DROP)]

"""No plan is made, changed or carried out without an audit entry; it stays what it was made for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_schedule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state <> 'waiting'
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.replaces_id, NEW.at,
        NEW.acknowledged, NEW.made_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.replaces_id, OLD.at,
        OLD.acknowledged, OLD.made_by_id)
  ) THEN
    RAISE EXCEPTION 'a plan stays what it was made for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND prompt_id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'a plan is about a version of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_schedule_stays BEFORE INSERT OR UPDATE ON releases_schedule
  FOR EACH ROW EXECUTE FUNCTION galley_check_schedule();
CREATE TRIGGER releases_schedule_kept BEFORE DELETE ON releases_schedule
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_schedule_audited
  AFTER INSERT OR UPDATE ON releases_schedule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER releases_schedule_audited ON releases_schedule;
DROP TRIGGER releases_schedule_kept ON releases_schedule;
DROP TRIGGER releases_schedule_stays ON releases_schedule;
DROP FUNCTION galley_check_schedule();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("releases", "0003_schedules"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CHECK, DROP)]

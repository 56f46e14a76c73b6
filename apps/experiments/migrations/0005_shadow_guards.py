"""No shadow changes without an entry; what it asks is fixed, and it stays for ever. What its pairs
say can be forgotten, and no pair goes to another shadow or call."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_shadow() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state NOT IN ('running', 'paused')
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.suite_id, NEW.checks,
        NEW.threshold, NEW.model, NEW.share, NEW.a_day, NEW.most, NEW.days, NEW.team_id,
        NEW.since, NEW.made_by_id, NEW.made_at)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.suite_id, OLD.checks,
        OLD.threshold, OLD.model, OLD.share, OLD.a_day, OLD.most, OLD.days, OLD.team_id,
        OLD.since, OLD.made_by_id, OLD.made_at)
  ) THEN
    RAISE EXCEPTION 'what a shadow asks is fixed when it starts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND prompt_id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'a shadow is about a version of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_shadow_stays BEFORE INSERT OR UPDATE ON experiments_shadow
  FOR EACH ROW EXECUTE FUNCTION galley_check_shadow();
CREATE TRIGGER experiments_shadow_kept BEFORE DELETE ON experiments_shadow
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER experiments_shadow_not_emptied BEFORE TRUNCATE ON experiments_shadow
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER experiments_shadow_audited AFTER INSERT OR UPDATE ON experiments_shadow
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER experiments_shadow_audited ON experiments_shadow;
DROP TRIGGER experiments_shadow_not_emptied ON experiments_shadow;
DROP TRIGGER experiments_shadow_kept ON experiments_shadow;
DROP TRIGGER experiments_shadow_stays ON experiments_shadow;
DROP FUNCTION galley_check_shadow();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("experiments", "0004_shadows"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CHECK, DROP)]

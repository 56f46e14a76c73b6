"""A waiver is of two people, about one version, and stays what it was proposed for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_waiver() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND content_hash = NEW.content_hash
  ) OR btrim(NEW.reason) = '' OR NEW.gate NOT IN ('text', 'contract') THEN
    RAISE EXCEPTION 'a waiver is about a finding of one version, with a reason'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' OR NEW.confirmed_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'a waiver begins as a proposal'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.version_id, NEW.content_hash, NEW.environment_id, NEW.gate, NEW.subject,
      NEW.finding, NEW.reason, NEW.proposed_by_id)
     IS DISTINCT FROM
     (OLD.id, OLD.version_id, OLD.content_hash, OLD.environment_id, OLD.gate, OLD.subject,
      OLD.finding, OLD.reason, OLD.proposed_by_id)
     OR OLD.state = 'withdrawn'
     OR (OLD.state = 'confirmed' AND (NEW.state = 'proposed'
         OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id)) THEN
    RAISE EXCEPTION 'a waiver stays what it was proposed for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'confirmed' AND (
    NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.proposed_by_id
    OR EXISTS (
      SELECT 1 FROM prompts_versioncontributor
       WHERE version_id = NEW.version_id AND person_id = NEW.confirmed_by_id
    )
  ) THEN
    RAISE EXCEPTION 'a waiver is confirmed by a second person, who did not write the version'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_waiver_fits BEFORE INSERT OR UPDATE ON releases_waiver
  FOR EACH ROW EXECUTE FUNCTION galley_check_waiver();
CREATE TRIGGER releases_waiver_kept BEFORE DELETE ON releases_waiver
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_waiver_audited AFTER INSERT OR UPDATE ON releases_waiver
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER releases_waiver_audited ON releases_waiver;
DROP TRIGGER releases_waiver_kept ON releases_waiver;
DROP TRIGGER releases_waiver_fits ON releases_waiver;
DROP FUNCTION galley_check_waiver();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("releases", "0010_waivers"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CHECK, DROP)]

"""Breaking the glass passes approvals, and nothing else: a person, a reason, and a follow-up that
stands when the transaction ends and is closed by somebody else."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

WAYS = import_module("apps.releases.migrations.0002_ways")

GLASS = """
CREATE FUNCTION galley_check_break_glass(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF length(btrim(wanted.reason)) < 20 OR wanted.made_by_kind <> 'person'
     OR wanted.made_by_id IS NULL OR wanted.split IS NOT NULL THEN
    RAISE EXCEPTION 'only a person breaks the glass, and says why in 20 characters or more'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

CREATE FUNCTION galley_require_follow_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM releases_followup
     WHERE release_id = NEW.id AND due_at <= NEW.made_at + interval '73 hours'
  ) THEN
    RAISE EXCEPTION 'a broken glass has a follow-up'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER releases_glass_followed AFTER INSERT ON environments_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.how = 'break_glass')
  EXECUTE FUNCTION galley_require_follow_up();

CREATE FUNCTION galley_check_follow_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NOT EXISTS (
      SELECT 1 FROM environments_release WHERE id = NEW.release_id AND how = 'break_glass'
    ) THEN
      RAISE EXCEPTION 'a follow-up belongs to a broken glass'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'open'
     OR (NEW.id, NEW.release_id, NEW.due_at) IS DISTINCT FROM (OLD.id, OLD.release_id, OLD.due_at)
  THEN
    RAISE EXCEPTION 'a follow-up stays what it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'closed' AND (
    NEW.closed_by_id IS NULL OR NEW.closed_at IS NULL OR btrim(NEW.words) = ''
    OR NEW.closed_by_id = (SELECT made_by_id FROM environments_release WHERE id = NEW.release_id)
  ) THEN
    RAISE EXCEPTION 'a follow-up is closed by somebody else, with words'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_followup_fits BEFORE INSERT OR UPDATE ON releases_followup
  FOR EACH ROW EXECUTE FUNCTION galley_check_follow_up();
CREATE TRIGGER releases_followup_kept BEFORE DELETE ON releases_followup
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_followup_audited AFTER INSERT OR UPDATE ON releases_followup
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = """
DROP TRIGGER releases_followup_audited ON releases_followup;
DROP TRIGGER releases_followup_kept ON releases_followup;
DROP TRIGGER releases_followup_fits ON releases_followup;
DROP FUNCTION galley_check_follow_up();
DROP TRIGGER releases_glass_followed ON environments_release;
DROP FUNCTION galley_require_follow_up();
DROP FUNCTION galley_check_break_glass(environments_release);
"""
BEFORE = WAYS.WAY.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
WAY = BEFORE.replace(
    "    ELSE\n",
    "    WHEN 'break_glass' THEN\n      PERFORM galley_check_break_glass(wanted);\n    ELSE\n",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("releases", "0008_follow_ups"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(GLASS, DROP),
        migrations.RunSQL(WAY, BEFORE),
    ]

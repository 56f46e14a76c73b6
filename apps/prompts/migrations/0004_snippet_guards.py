"""Versions of snippets are only ever added to, numbered without gaps, and always audited."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLE = "prompts_snippetversion"

GUARDS = f"""
CREATE TRIGGER {TABLE}_kept BEFORE UPDATE OR DELETE ON {TABLE}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {TABLE}_not_emptied BEFORE TRUNCATE ON {TABLE}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {TABLE}_audited AFTER INSERT ON {TABLE}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE FUNCTION galley_next_snippet_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_number integer;
BEGIN
  SELECT max(number) INTO last_number FROM {TABLE} WHERE snippet_id = NEW.snippet_id;
  IF NEW.number <> coalesce(last_number, 0) + 1 THEN
    RAISE EXCEPTION 'snippet version % does not follow %', NEW.number, coalesce(last_number, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {TABLE}_follows BEFORE INSERT ON {TABLE}
  FOR EACH ROW EXECUTE FUNCTION galley_next_snippet_version();
"""

DROP = f"""
DROP TRIGGER {TABLE}_follows ON {TABLE};
DROP FUNCTION galley_next_snippet_version();
DROP TRIGGER {TABLE}_audited ON {TABLE};
DROP TRIGGER {TABLE}_not_emptied ON {TABLE};
DROP TRIGGER {TABLE}_kept ON {TABLE};
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0003_together"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(GUARDS, DROP)]

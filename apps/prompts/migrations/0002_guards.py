"""Versions are only ever added to, numbered without gaps, and never without an audit entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

NUMBERS = """
CREATE FUNCTION galley_next_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_number integer;
BEGIN
  SELECT max(number) INTO last_number FROM prompts_version WHERE prompt_id = NEW.prompt_id;
  IF NEW.number <> coalesce(last_number, 0) + 1 THEN
    RAISE EXCEPTION 'version % does not follow version %', NEW.number, coalesce(last_number, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER prompts_version_follows BEFORE INSERT ON prompts_version
  FOR EACH ROW EXECUTE FUNCTION galley_next_version();
"""

DROP_NUMBERS = """
DROP TRIGGER prompts_version_follows ON prompts_version;
DROP FUNCTION galley_next_version();
"""


def guards(table: str) -> migrations.RunSQL:
    create = f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
    drop = f"""
DROP TRIGGER {table}_audited ON {table};
DROP TRIGGER {table}_not_emptied ON {table};
DROP TRIGGER {table}_kept ON {table};
"""
    return migrations.RunSQL(create, drop)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0001_initial"), ("audit", "0002_guards")]

    operations: ClassVar = [
        guards("prompts_version"),
        guards("prompts_versioncontributor"),
        migrations.RunSQL(NUMBERS, DROP_NUMBERS),
    ]

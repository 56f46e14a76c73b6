"""What a prompt is called, where it is, who has it and whether it is in use never changes without
an audit entry; and a path that leads on to a prompt is nobody else's while it does."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

GUARDED = ("path", "namespace_id", "owner_id", "name", "purpose", "tags", "lifecycle")
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in GUARDED)

CREATE = f"""
CREATE CONSTRAINT TRIGGER prompts_prompt_audited AFTER UPDATE ON prompts_prompt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({CHANGED})
  EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER prompts_promptformerpath_audited
  AFTER INSERT OR UPDATE OR DELETE ON prompts_promptformerpath
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE FUNCTION galley_path_is_free() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM prompts_promptformerpath f
    WHERE f.path = NEW.path AND f.prompt_id <> NEW.id AND f.until > clock_timestamp()
  ) THEN
    RAISE EXCEPTION 'the path % leads on to another prompt', NEW.path
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER prompts_prompt_path_is_free BEFORE INSERT OR UPDATE OF path ON prompts_prompt
  FOR EACH ROW EXECUTE FUNCTION galley_path_is_free();
"""

DROP = """
DROP TRIGGER prompts_prompt_path_is_free ON prompts_prompt;
DROP FUNCTION galley_path_is_free();
DROP TRIGGER prompts_promptformerpath_audited ON prompts_promptformerpath;
DROP TRIGGER prompts_prompt_audited ON prompts_prompt;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0008_former_paths"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]

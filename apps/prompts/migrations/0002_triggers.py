"""Versions are only ever added to, numbered without gaps; what a prompt or a naming rule says never
changes without an audit entry; and the words of versions and examples can be found.
"""

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


def added(table: str) -> str:
    return f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""


ADDED = "".join(
    added(table)
    for table in ("prompts_version", "prompts_versioncontributor", "prompts_snippetversion")
)

SNIPPET_NUMBERS = """
CREATE FUNCTION galley_next_snippet_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_number integer;
BEGIN
  SELECT max(number) INTO last_number FROM prompts_snippetversion WHERE snippet_id = NEW.snippet_id;
  IF NEW.number <> coalesce(last_number, 0) + 1 THEN
    RAISE EXCEPTION 'snippet version % does not follow %', NEW.number, coalesce(last_number, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER prompts_snippetversion_follows BEFORE INSERT ON prompts_snippetversion
  FOR EACH ROW EXECUTE FUNCTION galley_next_snippet_version();
"""

# A text that cannot be indexed (a NUL, too many words) is not found; the version is kept all the
# same.
WORDS = """
CREATE FUNCTION galley_version_words(content bytea) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN jsonb_to_tsvector(
    'simple', convert_from(content, 'UTF8')::jsonb -> 'blocks', '["string"]'
  );
EXCEPTION WHEN OTHERS THEN
  RETURN ''::tsvector;
END $$;
CREATE INDEX version_words ON prompts_version USING gin (galley_version_words(content));

CREATE INDEX draft_block_row_words ON prompts_draftblock
USING gin (to_tsvector('simple'::regconfig, rows));
"""

GUARDED = (
    "path", "namespace_id", "owner_id", "name", "purpose", "tags", "lifecycle", "deprecated_at",
    "archived_at", "successor_id", "sunset",
)  # fmt: skip
CHANGED = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in GUARDED)
# A path that leads on to a prompt is nobody else's while it does.
PROMPTS = f"""
CREATE CONSTRAINT TRIGGER prompts_prompt_audited AFTER UPDATE ON prompts_prompt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({CHANGED})
  EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER prompts_promptformerpath_audited
  AFTER INSERT OR UPDATE OR DELETE ON prompts_promptformerpath
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER prompts_namingrule_audited
  AFTER INSERT OR UPDATE OR DELETE ON prompts_namingrule
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


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("prompts", "0002_guards"),
        ("prompts", "0004_snippet_guards"),
        ("prompts", "0005_words_of_versions"),
        ("prompts", "0006_words_of_rows"),
        ("prompts", "0009_path_guards"),
        ("prompts", "0011_naming_guards"),
        ("prompts", "0013_deprecation_guards"),
    ]
    dependencies: ClassVar = [
        ("prompts", "0001_tables"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(NUMBERS),
        migrations.RunSQL(ADDED),
        migrations.RunSQL(SNIPPET_NUMBERS),
        migrations.RunSQL(WORDS),
        migrations.RunSQL(PROMPTS),
    ]

"""The words of versions can be found: what is live is searched by an index, as drafts are."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

# A text that cannot be indexed (a NUL, too many words) is not found; the version is kept all the same.
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
"""

DROP = """
DROP INDEX version_words;
DROP FUNCTION galley_version_words(bytea);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0004_snippet_guards")]

    operations: ClassVar = [migrations.RunSQL(WORDS, DROP)]

"""The rows of examples can be found, as what a block says itself is."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

WORDS = """
CREATE INDEX draft_block_row_words ON prompts_draftblock
USING gin (to_tsvector('simple'::regconfig, rows));
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0005_words_of_versions")]

    operations: ClassVar = [migrations.RunSQL(WORDS, "DROP INDEX draft_block_row_words;")]

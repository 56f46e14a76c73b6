"""A deprecation, its successor and its last day never change without an audit entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

BEFORE = ("path", "namespace_id", "owner_id", "name", "purpose", "tags", "lifecycle")
AFTER = (*BEFORE, "deprecated_at", "archived_at", "successor_id", "sunset")


def audited(columns: tuple[str, ...]) -> str:
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
    return f"""
DROP TRIGGER prompts_prompt_audited ON prompts_prompt;
CREATE CONSTRAINT TRIGGER prompts_prompt_audited AFTER UPDATE ON prompts_prompt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({changed})
  EXECUTE FUNCTION galley_require_audit();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0012_deprecation"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(audited(AFTER), audited(BEFORE))]

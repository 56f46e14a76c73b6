"""No naming rule changes without an audit entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CREATE = """
CREATE CONSTRAINT TRIGGER prompts_namingrule_audited
  AFTER INSERT OR UPDATE OR DELETE ON prompts_namingrule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
DROP = "DROP TRIGGER prompts_namingrule_audited ON prompts_namingrule;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("prompts", "0010_naming_rule"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]

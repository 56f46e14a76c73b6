"""Which model judges the answers of a shadow is fixed when it starts, as all that it asks."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

BEFORE = """
CREATE OR REPLACE FUNCTION galley_check_shadow() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state NOT IN ('running', 'paused')
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.suite_id, NEW.checks,
        NEW.threshold, NEW.model, NEW.share, NEW.a_day, NEW.most, NEW.days, NEW.team_id,
        NEW.since, NEW.made_by_id, NEW.made_at)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.suite_id, OLD.checks,
        OLD.threshold, OLD.model, OLD.share, OLD.a_day, OLD.most, OLD.days, OLD.team_id,
        OLD.since, OLD.made_by_id, OLD.made_at)
  ) THEN
    RAISE EXCEPTION 'what a shadow asks is fixed when it starts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND prompt_id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'a shadow is about a version of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
AFTER = BEFORE.replace("NEW.model, NEW.share", "NEW.model, NEW.judge, NEW.share").replace(
    "OLD.model, OLD.share", "OLD.model, OLD.judge, OLD.share"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("experiments", "0005_shadow_guards")]

    operations: ClassVar = [
        migrations.AddField(
            "shadow", "judge", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.RunSQL(AFTER, BEFORE),
    ]

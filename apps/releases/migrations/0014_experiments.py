"""An experiment shares the traffic of what is live: that stays, and every other version has the
approvals of a release. Its end gives all of it back to what is live."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

FREEZES = import_module("apps.releases.migrations.0012_freezes_and_locks")
WAYS = import_module("apps.releases.migrations.0002_ways")

EXPERIMENT = """
CREATE FUNCTION galley_passed_here(wanted environments_release) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT NOT (galley_rule(wanted.prompt_id, wanted.environment_id)).roll_back_approved
     AND EXISTS (
       SELECT 1 FROM environments_release
        WHERE prompt_id = wanted.prompt_id AND environment_id = wanted.environment_id
          AND version_id = wanted.version_id AND revision < wanted.revision
          AND how NOT IN ('break_glass', 'roll_back', 'step', 'experiment')
     )
$$;

CREATE FUNCTION galley_check_experiment(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before environments_release;
  other environments_release;
  numbers integer[];
BEGIN
  SELECT * INTO before FROM environments_release WHERE id = wanted.replaced_id;
  IF before.id IS NULL OR before.version_id <> wanted.version_id THEN
    RAISE EXCEPTION 'an experiment leaves live what is live'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF wanted.split IS NULL THEN
    IF before.split IS NULL OR before.how <> 'experiment' THEN
      RAISE EXCEPTION 'no experiment runs that could end'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN;
  END IF;
  SELECT array_agg((arm->>'version')::integer ORDER BY place) INTO numbers
    FROM jsonb_array_elements(wanted.split->'arms') WITH ORDINALITY AS arms(arm, place);
  IF before.split IS NOT NULL OR array_length(numbers, 1) < 2
     OR array_length(numbers, 1) <> (SELECT count(DISTINCT number) FROM unnest(numbers) number)
     OR numbers[1] <> (SELECT number FROM prompts_version WHERE id = wanted.version_id)
  THEN
    RAISE EXCEPTION 'an experiment is between what is live for everybody and other versions'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  FOR place IN 2 .. array_length(numbers, 1) LOOP
    other := wanted;
    SELECT id INTO other.version_id FROM prompts_version
     WHERE prompt_id = wanted.prompt_id AND number = numbers[place];
    IF other.version_id IS NULL THEN
      RAISE EXCEPTION 'an arm of an experiment is a version of its prompt'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT galley_passed_here(other) THEN
      PERFORM galley_check_approved(other);
      PERFORM galley_check_locks(other);
    END IF;
  END LOOP;
  PERFORM galley_check_freeze(wanted);
END $$;
"""
DROP = """
DROP FUNCTION galley_check_experiment(environments_release);
DROP FUNCTION galley_passed_here(environments_release);
"""
STEP = WAYS.SPLIT[WAYS.SPLIT.index("CREATE FUNCTION galley_check_step") :]
STEP = STEP[: STEP.index("END $$;") + len("END $$;")]
STEP = STEP.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
WAY = FREEZES.WAY.replace(
    "    ELSE\n",
    "    WHEN 'experiment' THEN\n      PERFORM galley_check_experiment(wanted);\n      RETURN;\n"
    "    ELSE\n",
)
OWN_STEP = STEP.replace(
    "IF before.split IS NULL OR", "IF before.split IS NULL OR before.how = 'experiment' OR"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("releases", "0013_overdue_told"),
        ("environments", "0014_how_experiment"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(EXPERIMENT, DROP),
        migrations.RunSQL(WAY, FREEZES.WAY),
        migrations.RunSQL(OWN_STEP, STEP),
    ]

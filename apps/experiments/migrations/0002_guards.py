"""No experiment and no plan changes without an entry; what an experiment asks is fixed once it has
started, and both stay for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

CHECK = """
CREATE FUNCTION galley_check_experiment_row() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' OR NEW.plan IS NOT NULL OR NEW.result IS NOT NULL THEN
      RAISE EXCEPTION 'an experiment begins as a draft'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.made_by_id, NEW.made_at)
     IS DISTINCT FROM (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.made_by_id, OLD.made_at)
     OR OLD.state IN ('stopped', 'decided', 'abandoned')
     OR (OLD.state = 'running' AND (
       (NEW.name, NEW.hypothesis, NEW.arms, NEW.metric, NEW.smallest, NEW.guards, NEW.days,
        NEW.plan, NEW.split_id, NEW.release_id, NEW.started_by_id, NEW.started_at)
       IS DISTINCT FROM
       (OLD.name, OLD.hypothesis, OLD.arms, OLD.metric, OLD.smallest, OLD.guards, OLD.days,
        OLD.plan, OLD.split_id, OLD.release_id, OLD.started_by_id, OLD.started_at)
     ))
  THEN
    RAISE EXCEPTION 'what an experiment asks is fixed when it starts'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'running' AND (NEW.plan IS NULL OR NEW.started_at IS NULL OR NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE id = NEW.release_id AND prompt_id = NEW.prompt_id
       AND environment_id = NEW.environment_id AND how = 'experiment'
       AND split->>'id' = NEW.split_id AND split->'arms' = NEW.arms
  )) THEN
    RAISE EXCEPTION 'an experiment runs as the release says that began it'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_experiment_stays BEFORE INSERT OR UPDATE ON experiments_experiment
  FOR EACH ROW EXECUTE FUNCTION galley_check_experiment_row();

CREATE FUNCTION galley_check_rollout_plan() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state NOT IN ('running', 'paused')
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.split_id, NEW.steps,
        NEW.hold, NEW.guards, NEW.on_harm, NEW.made_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.split_id, OLD.steps,
        OLD.hold, OLD.guards, OLD.on_harm, OLD.made_by_id)
  ) THEN
    RAISE EXCEPTION 'a plan stays what it was made for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE prompt_id = NEW.prompt_id AND environment_id = NEW.environment_id
       AND version_id = NEW.version_id AND split->>'id' = NEW.split_id
  ) THEN
    RAISE EXCEPTION 'a plan is about a release by steps of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER experiments_rolloutplan_stays BEFORE INSERT OR UPDATE ON experiments_rolloutplan
  FOR EACH ROW EXECUTE FUNCTION galley_check_rollout_plan();
"""
KEPT = "\n".join(
    f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT OR UPDATE ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table in ("experiments_experiment", "experiments_rolloutplan")
)
DROP = "\n".join(
    f"DROP TRIGGER {table}_audited ON {table};\n"
    f"DROP TRIGGER {table}_not_emptied ON {table};\n"
    f"DROP TRIGGER {table}_kept ON {table};\n"
    f"DROP TRIGGER {table}_stays ON {table};"
    for table in ("experiments_experiment", "experiments_rolloutplan")
) + (
    "\nDROP FUNCTION galley_check_experiment_row();"
    "\nDROP FUNCTION galley_check_rollout_plan();"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("experiments", "0001_experiments"), ("audit", "0002_guards")]

    operations: ClassVar = [migrations.RunSQL(CHECK + KEPT, DROP)]

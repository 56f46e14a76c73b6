"""What was asked of models and people, what they answered and what was judged stays as it was; and
nothing that judges or plans changes without an audit entry.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


def changed(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


SAID_OF_SUITE = ("name", "purpose", "threshold", "state", "namespace_id")
VERSION = "evaluations_suiteversion"
# What a suite is called and asks for, and what judges, never changes without an audit entry; what
# was run stays as it was, numbered without gaps. Cases have their history.
SUITES = f"""
CREATE CONSTRAINT TRIGGER evaluations_suite_audited AFTER INSERT OR DELETE ON evaluations_suite
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER evaluations_suite_change_audited AFTER UPDATE ON evaluations_suite
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({changed(*SAID_OF_SUITE)})
  EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER evaluations_check_audited
  AFTER INSERT OR UPDATE OR DELETE ON evaluations_check
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE TRIGGER {VERSION}_kept BEFORE UPDATE OR DELETE ON {VERSION}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {VERSION}_not_emptied BEFORE TRUNCATE ON {VERSION}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {VERSION}_audited AFTER INSERT ON {VERSION}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE FUNCTION galley_next_suite_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_number integer;
BEGIN
  SELECT max(number) INTO last_number FROM {VERSION} WHERE suite_id = NEW.suite_id;
  IF NEW.number <> coalesce(last_number, 0) + 1 THEN
    RAISE EXCEPTION 'suite version % does not follow %', NEW.number, coalesce(last_number, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {VERSION}_follows BEFORE INSERT ON {VERSION}
  FOR EACH ROW EXECUTE FUNCTION galley_next_suite_version();
"""

REQUIREMENT = "evaluations_suiterequirement"
# A place asks for a suite until it is taken away, each with an audit entry; what a protected
# environment asks for goes by two people only, whoever writes the row. No row is deleted.
REQUIREMENTS = f"""
CREATE CONSTRAINT TRIGGER {REQUIREMENT}_audited AFTER INSERT OR UPDATE ON {REQUIREMENT}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE TRIGGER {REQUIREMENT}_stays BEFORE DELETE ON {REQUIREMENT}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {REQUIREMENT}_not_emptied BEFORE TRUNCATE ON {REQUIREMENT}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();

CREATE FUNCTION galley_keep_requirement() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.environment_id, NEW.namespace_id, NEW.suite_id, NEW.condition, NEW.share)
     IS DISTINCT FROM
     (OLD.environment_id, OLD.namespace_id, OLD.suite_id, OLD.condition, OLD.share)
     OR OLD.state = 'removed' THEN
    RAISE EXCEPTION 'what a release asks for is taken away and added anew, never changed'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'removed'
     AND (SELECT protected FROM environments_environment WHERE id = OLD.environment_id)
     AND (OLD.state <> 'leaving' OR NEW.asked_by_id IS DISTINCT FROM OLD.asked_by_id
          OR NEW.asked_by_id IS NULL OR NEW.removed_by_id IS NULL
          OR NEW.removed_by_id = NEW.asked_by_id) THEN
    RAISE EXCEPTION 'what a protected environment asks for is taken away by two people'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER {REQUIREMENT}_kept BEFORE UPDATE ON {REQUIREMENT}
  FOR EACH ROW EXECUTE FUNCTION galley_keep_requirement();
"""

TRIAL_ANSWER = "evaluations_trialanswer"
# What a model answered stays as it came.
TRIALS = f"""
CREATE TRIGGER {TRIAL_ANSWER}_kept BEFORE UPDATE ON {TRIAL_ANSWER}
  FOR EACH ROW WHEN (OLD.state IN ('done', 'stopped', 'could_not_run'))
  EXECUTE FUNCTION galley_refuse_change();
"""

RUN, RESULT = "evaluations_run", "evaluations_result"
KEPT_OF_RUN = (
    "suite_version_id", "prompt_id", "version_id", "content", "content_hash", "models", "judge",
    "embedding", "judge_version", "repeats", "paired_id", "environment_id",
)  # fmt: skip
ENDS = "('done', 'partial', 'failed', 'cancelled')"
# A run says what it tested for ever, begins and ends with an audit entry; no row comes into a run
# later or goes from it.
RUNS = f"""
CREATE CONSTRAINT TRIGGER {RUN}_audited AFTER INSERT OR DELETE ON {RUN}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE CONSTRAINT TRIGGER {RUN}_end_audited AFTER UPDATE ON {RUN}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state IN {ENDS} OR NEW.state IN {ENDS}))
  EXECUTE FUNCTION galley_require_audit();
CREATE TRIGGER {RUN}_kept BEFORE UPDATE ON {RUN}
  FOR EACH ROW WHEN ({changed(*KEPT_OF_RUN)}) EXECUTE FUNCTION galley_refuse_change();

CREATE TRIGGER {RESULT}_stays BEFORE DELETE ON {RESULT}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {RESULT}_not_emptied BEFORE TRUNCATE ON {RESULT}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();

CREATE FUNCTION galley_results_of_new_runs() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added JOIN {RUN} run ON run.id = added.run_id WHERE run.state <> 'queued'
  ) THEN
    RAISE EXCEPTION 'a run has all its results from the start'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {RESULT}_from_the_start AFTER INSERT ON {RESULT}
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION galley_results_of_new_runs();
"""

UPDATE, SCHEDULE = "evaluations_modelupdate", "evaluations_suiteschedule"
PLANNED, ALARM = "evaluations_plannedrun", "evaluations_driftalarm"
# An update, a schedule and an alarm say for ever what they are about, and each step of theirs has
# an audit entry; one that has ended is never changed. A planned run is started once. No row goes.
KEPT = {
    UPDATE: changed("before", "after", "repeats", "requested_by_id") + " OR OLD.state <> 'running'",
    SCHEDULE: changed("suite_id", "environment_id") + " OR OLD.state = 'ended'",
    PLANNED: changed(
        "update_of_id", "schedule_id", "due_at", "prompt_id", "suite_id", "environment_id"
    ) + f" OR (OLD.run_id IS NOT NULL AND ({changed('run_id', 'version_id')}))",
    ALARM: changed(
        "schedule_id", "prompt_id", "run_id", "earlier_id", "cases", "before", "after", "low",
        "high", "tolerance", "raised_at",
    ) + " OR OLD.acknowledged_at IS NOT NULL",
}  # fmt: skip
AUDITED = {
    UPDATE: "INSERT OR UPDATE", SCHEDULE: "INSERT OR UPDATE", PLANNED: "INSERT",
    ALARM: "INSERT OR UPDATE",
}  # fmt: skip
PLANNED_RUNS = (
    "".join(
        f"""
CREATE CONSTRAINT TRIGGER {table}_audited AFTER {AUDITED[table]} ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table}
  FOR EACH ROW WHEN ({kept}) EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
"""
        for table, kept in KEPT.items()
    )
    + """
CREATE TRIGGER evaluations_run_variant_kept BEFORE UPDATE ON evaluations_run
  FOR EACH ROW WHEN (OLD.variant_of IS DISTINCT FROM NEW.variant_of)
  EXECUTE FUNCTION galley_refuse_change();
"""
)

REQUEST = "evaluations_ratingrequest"
DECISION, TASK = "evaluations_ratingdecision", "evaluations_ratingtask"
PLACE = ("run_id", "case_key", "case_index", "model", "repeat")
ANSWER = (
    "state", "answer", "tool_calls", "input_tokens", "output_tokens", "latency_ms", "cost",
    "reused_from_id", "fingerprint", "judging", "error_code", "done_at",
)  # fmt: skip
# Once an answer is there it stays, and so does what checks say of it by themselves. What people say
# may still come and change, and the verdict of the case with it; where no check asks people, it may
# not.
RATINGS = f"""
CREATE FUNCTION galley_judged_alone(verdicts jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM jsonb_each(verdicts)
  WHERE NOT coalesce(value -> 'data' ? 'people' OR value -> 'data' ? 'waiting', false)
$$;
CREATE TRIGGER {RESULT}_kept BEFORE UPDATE ON {RESULT}
  FOR EACH ROW WHEN (
    {changed(*PLACE)} OR (OLD.state = 'done' AND (
      {changed(*ANSWER)}
      OR galley_judged_alone(OLD.verdicts) IS DISTINCT FROM galley_judged_alone(NEW.verdicts)
      OR (galley_judged_alone(OLD.verdicts) = OLD.verdicts
          AND ({changed("verdicts", "passed", "score", "error")}))
    ))
  ) EXECUTE FUNCTION galley_refuse_change();

CREATE CONSTRAINT TRIGGER {REQUEST}_audited AFTER INSERT OR UPDATE ON {REQUEST}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE TRIGGER {REQUEST}_stays BEFORE DELETE ON {REQUEST}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {TASK}_stays BEFORE DELETE ON {TASK}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {TASK}_kept BEFORE UPDATE ON {TASK}
  FOR EACH ROW WHEN ({changed("request_id", "result_id", "other_id", "rater_id", "swapped")})
  EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {DECISION}_audited AFTER INSERT OR UPDATE ON {DECISION}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
CREATE TRIGGER {DECISION}_stays BEFORE DELETE ON {DECISION}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
"""

STANDING, SUITE = "evaluations_suitestanding", "evaluations_suite"
CHANGES = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
TRIGGERS = [
    (table, f"{table}_{change.lower()}_{rows.lower()}_stands_anew", change, rows)
    for table in ("evaluations_case", "evaluations_check")
    for change, rows in CHANGES
]
# Whatever changes a case, a check or the threshold: the suite is no longer what was frozen.
STANDINGS = f"""
CREATE FUNCTION galley_suite_parts_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM {STANDING} WHERE suite_id IN (SELECT suite_id FROM touched);
  RETURN NULL;
END $$;
CREATE FUNCTION galley_suite_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM {STANDING} WHERE suite_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER {SUITE}_stands_anew AFTER UPDATE ON {SUITE}
  FOR EACH ROW WHEN (OLD.threshold IS DISTINCT FROM NEW.threshold)
  EXECUTE FUNCTION galley_suite_changed();
""" + "".join(
    f"""
CREATE TRIGGER {name} AFTER {change} ON {table}
  REFERENCING {rows} TABLE AS touched
  FOR EACH STATEMENT EXECUTE FUNCTION galley_suite_parts_changed();
"""
    for table, name, change, rows in TRIGGERS
)


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("evaluations", "0001_suites"),
        ("evaluations", "0002_requirements"),
        ("evaluations", "0004_trials"),
        ("evaluations", "0005_runs"),
        ("evaluations", "0006_planned_runs"),
        ("evaluations", "0007_ratings"),
        ("evaluations", "0009_changed_schedules"),
        ("evaluations", "0010_suite_standing"),
    ]
    dependencies: ClassVar = [
        ("evaluations", "0001_tables"),
        ("environments", "0001_tables"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(SUITES),
        migrations.RunSQL(REQUIREMENTS),
        migrations.RunSQL(TRIALS),
        migrations.RunSQL(RUNS),
        migrations.RunSQL(PLANNED_RUNS),
        migrations.RunSQL(RATINGS),
        migrations.RunSQL(STANDINGS),
    ]

"""The three environments of a new installation with their rules, and what the database keeps of
rules, releases, labels and keys: none of them changes without an audit entry of the same
transaction, and releases are only ever added to.

A rule of a protected environment only becomes looser together with a change that somebody else
approved in the same transaction. What a proposed change says stays, and so does what was decided.

`settled`: the terms as of the last commit, kept by the trigger alone. At the end of a transaction
they are compared with what the rule and its teams say now, by whatever statements they came.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

# name, position, protected, approvals, in_order, on_last_approval
SEEDS = (
    ("development", None, False, 0, False, "release"),
    ("staging", 1, False, 1, True, "release"),
    ("production", 2, True, 1, True, "wait"),
)


def seed(apps: Any, editor: Any) -> None:
    Environment = apps.get_model("environments", "Environment")
    Rule = apps.get_model("environments", "Rule")
    root = apps.get_model("teams", "Namespace").objects.using(editor.connection.alias).get(path="")
    for name, position, protected, approvals, in_order, on_last_approval in SEEDS:
        environment = Environment.objects.using(editor.connection.alias).create(
            name=name, position=position, protected=protected
        )
        Rule.objects.using(editor.connection.alias).create(
            environment=environment, namespace=root, approvals=approvals, in_order=in_order,
            on_last_approval=on_last_approval,
        )  # fmt: skip


RELEASES = """
CREATE TRIGGER environments_release_kept BEFORE UPDATE OR DELETE ON environments_release
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER environments_release_not_emptied BEFORE TRUNCATE ON environments_release
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER environments_release_audited AFTER INSERT ON environments_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();

CREATE TRIGGER environments_deployment_kept BEFORE DELETE ON environments_deployment
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER environments_deployment_not_emptied BEFORE TRUNCATE ON environments_deployment
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER environments_deployment_audited
  AFTER INSERT OR UPDATE ON environments_deployment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

# The delivery writes down when a key was last used: no act of a person, so no entry.
KEY_COLUMNS = (
    "id, name, kind, environment_id, owner_id, selector, secret_hash, created_at, expires_at,"
    " revoked_at, made_by_id, replaces_id"
)
TABLES = {
    "environments_environment": "UPDATE",
    "environments_rule": "INSERT OR UPDATE OR DELETE",
    "environments_rule_teams": "INSERT OR UPDATE OR DELETE",
    "environments_apikey": f"INSERT OR UPDATE OF {KEY_COLUMNS} OR DELETE",
    "environments_apikey_namespaces": "INSERT OR UPDATE OR DELETE",
}
AUDITED = "\n".join(
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER {events} ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table, events in TABLES.items()
)

# A label stays in its place, and names a release of that place.
LABELS = """
CREATE FUNCTION galley_check_label() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.name)
     IS DISTINCT FROM (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.name) THEN
    RAISE EXCEPTION 'a label stays in its place' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.name !~ '^[a-z0-9][a-z0-9_-]{0,62}$' OR NEW.name ~ '^v?[0-9]+$'
     OR NEW.name IN ('latest', 'live')
     OR EXISTS (SELECT 1 FROM environments_environment WHERE name = NEW.name) THEN
    RAISE EXCEPTION 'this is no name for a label' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE id = NEW.release_id AND prompt_id = NEW.prompt_id
       AND environment_id = NEW.environment_id
  ) THEN
    RAISE EXCEPTION 'a label names a release of its own prompt and environment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER environments_label_fits BEFORE INSERT OR UPDATE ON environments_label
  FOR EACH ROW EXECUTE FUNCTION galley_check_label();
CREATE CONSTRAINT TRIGGER environments_label_audited
  AFTER INSERT OR UPDATE OR DELETE ON environments_label
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

CHANGES = """
CREATE FUNCTION galley_keep_rule_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NEW.decided_by_id IS NOT NULL OR NEW.decided_in IS NOT NULL THEN
      RAISE EXCEPTION 'a change is proposed before it is decided'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'open' OR NEW.decided_in IS DISTINCT FROM OLD.decided_in
     OR (NEW.id, NEW.environment_id, NEW.namespace_id, NEW.kind, NEW.before, NEW.after, NEW.reason,
         NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
        (OLD.id, OLD.environment_id, OLD.namespace_id, OLD.kind, OLD.before, OLD.after, OLD.reason,
         OLD.proposed_by_id, OLD.proposed_at) THEN
    RAISE EXCEPTION 'what was proposed, and what was decided, stays as it is'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'approved' THEN
    IF NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.proposed_by_id THEN
      RAISE EXCEPTION 'a second person approves a change of a rule'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.decided_in := pg_current_xact_id()::text::bigint;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER environments_rulechange_fits BEFORE INSERT OR UPDATE ON environments_rulechange
  FOR EACH ROW EXECUTE FUNCTION galley_keep_rule_change();
CREATE TRIGGER environments_rulechange_kept BEFORE DELETE ON environments_rulechange
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER environments_rulechange_not_emptied BEFORE TRUNCATE ON environments_rulechange
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER environments_rulechange_audited
  AFTER INSERT OR UPDATE ON environments_rulechange
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

# The same shape, and the same judgement, as `Terms.as_json` and `loosened` (environments/rules.py).
TERMS = """
CREATE FUNCTION galley_rule_terms(wanted bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'approvals', approvals, 'on_last_approval', on_last_approval, 'own_approval', own_approval,
    'in_order', in_order, 'approvals_survive', approvals_survive, 'approval_days', approval_days,
    'roll_back_approved', roll_back_approved, 'freezes', freezes, 'locks', locks,
    'teams', coalesce(
      (SELECT jsonb_agg(team_id ORDER BY team_id) FROM environments_rule_teams
        WHERE rule_id = wanted), '[]'::jsonb)
  ) FROM environments_rule WHERE id = wanted
$$;

CREATE FUNCTION galley_freezes_to_come(freezes jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(period), '[]'::jsonb) FROM jsonb_array_elements(freezes) AS period
   WHERE period->>'kind' <> 'once'
      OR (period->>'end')::timestamp AT TIME ZONE (period->>'zone') > statement_timestamp()
$$;

CREATE FUNCTION galley_looser(before jsonb, after jsonb) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT (after->>'approvals')::int < (before->>'approvals')::int
    OR (before->'teams' <> '[]'::jsonb
        AND (after->'teams' = '[]'::jsonb OR NOT after->'teams' <@ (before->'teams')))
    OR (after->>'on_last_approval' = 'release' AND before->>'on_last_approval' = 'wait')
    OR (after->>'own_approval')::boolean > (before->>'own_approval')::boolean
    OR (after->>'in_order')::boolean < (before->>'in_order')::boolean
    OR (after->>'approvals_survive')::boolean > (before->>'approvals_survive')::boolean
    OR (after->>'approval_days')::int > (before->>'approval_days')::int
    OR (after->>'roll_back_approved')::boolean < (before->>'roll_back_approved')::boolean
    OR NOT galley_freezes_to_come(before->'freezes') <@ (after->'freezes')
    OR NOT before->'locks' <@ (after->'locks')
$$;

CREATE FUNCTION galley_rule_above(environment bigint, place bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT rule.id
    FROM environments_rule rule JOIN teams_namespace n ON n.id = place
   WHERE rule.environment_id = environment AND rule.namespace_id = ANY(n.lineage)
     AND rule.namespace_id <> place
   ORDER BY array_position(n.lineage, rule.namespace_id) DESC
   LIMIT 1
$$;

CREATE FUNCTION galley_need_second_person(
  environment bigint, place bigint, before jsonb, terms jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT galley_looser(before, terms)
     OR NOT EXISTS (SELECT 1 FROM environments_environment WHERE id = environment AND protected)
     OR EXISTS (
       SELECT 1 FROM environments_rulechange
        WHERE environment_id = environment AND namespace_id = place AND state = 'approved'
          AND decided_in = pg_current_xact_id()::text::bigint AND after = terms
     ) THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'the rule of a protected environment becomes looser with a second person only'
    USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION galley_settle_rule(wanted bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  now_terms jsonb;
  rule environments_rule;
  above bigint;
BEGIN
  SELECT * INTO rule FROM environments_rule WHERE id = wanted;
  IF rule.id IS NULL THEN
    RETURN;
  END IF;
  now_terms := galley_rule_terms(wanted);
  IF rule.settled IS NOT DISTINCT FROM now_terms THEN
    RETURN;
  END IF;
  above := galley_rule_above(rule.environment_id, rule.namespace_id);
  IF rule.settled IS NOT NULL THEN
    PERFORM galley_need_second_person(
      rule.environment_id, rule.namespace_id, rule.settled, now_terms);
  ELSIF above IS NOT NULL THEN  -- freezes and locks of the rule above hold all the same
    PERFORM galley_need_second_person(
      rule.environment_id, rule.namespace_id,
      galley_rule_terms(above) || '{"freezes": [], "locks": []}'::jsonb, now_terms);
  END IF;
  UPDATE environments_rule SET settled = now_terms WHERE id = wanted;
END $$;
"""

RULES = """
CREATE FUNCTION galley_keep_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.settled := NULL;
    RETURN NEW;
  END IF;
  IF NEW.environment_id <> OLD.environment_id OR NEW.namespace_id <> OLD.namespace_id THEN
    RAISE EXCEPTION 'a rule stays where it was made' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.settled IS DISTINCT FROM OLD.settled AND pg_trigger_depth() < 2 THEN
    RAISE EXCEPTION 'what a rule said is not rewritten' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER environments_rule_strict BEFORE INSERT OR UPDATE ON environments_rule
  FOR EACH ROW EXECUTE FUNCTION galley_keep_rule();

CREATE FUNCTION galley_check_rule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.settled IS NOT NULL THEN
    PERFORM galley_need_second_person(
      OLD.environment_id, OLD.namespace_id, OLD.settled,
      galley_rule_terms(galley_rule_above(OLD.environment_id, OLD.namespace_id)));
  ELSIF TG_OP <> 'DELETE' THEN
    PERFORM galley_settle_rule(NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER environments_rule_settled
  AFTER INSERT OR UPDATE OR DELETE ON environments_rule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_check_rule();

CREATE FUNCTION galley_check_rule_teams() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM galley_settle_rule(CASE WHEN TG_OP = 'DELETE' THEN OLD.rule_id ELSE NEW.rule_id END);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER environments_rule_teams_settled
  AFTER INSERT OR UPDATE OR DELETE ON environments_rule_teams
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_check_rule_teams();

CREATE FUNCTION galley_keep_protection() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.protected AND NOT EXISTS (
    SELECT 1 FROM environments_environment WHERE id = OLD.id AND protected
  ) THEN
    RAISE EXCEPTION 'a protected environment stays protected' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER environments_environment_protected
  AFTER UPDATE OR DELETE ON environments_environment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_keep_protection();
"""

SETTLED = "ALTER TABLE environments_rule ADD COLUMN settled jsonb;"
FIRST_TERMS = "UPDATE environments_rule SET settled = galley_rule_terms(id);"


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("environments", "0002_guards"),
        ("environments", "0003_seed"),
        ("environments", "0004_rule_guards"),
        ("environments", "0007_label_guards"),
        ("environments", "0011_rule_change_guards"),
        ("environments", "0013_key_guards"),
    ]
    dependencies: ClassVar = [
        ("environments", "0001_tables"),
        ("teams", "0002_triggers"),
        ("audit", "0002_guards"),
    ]

    # What a new installation begins with comes before the guards: it is no act of anybody, so it
    # has no entry.
    operations: ClassVar = [
        migrations.RunSQL(SETTLED),
        migrations.RunSQL(TERMS),
        migrations.RunPython(seed),
        migrations.RunSQL(FIRST_TERMS),
        migrations.RunSQL(RELEASES),
        migrations.RunSQL(LABELS),
        migrations.RunSQL(CHANGES),
        migrations.RunSQL(RULES),
        migrations.RunSQL(AUDITED),
    ]

"""The pointer moves one release at a time, and only to what was approved or was live there before;
bundles, waivers, plans and follow-ups stay what they were made for, each with an audit entry.

The last word is the database's: whoever writes the pointer, by whatever path, passes this.
`galley_check_deployment` keeps what holds for every way to go live: the place, the order, the
revision. What a way must stand on is asked in `galley_check_way`, a function for each.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

RULE = """
CREATE FUNCTION galley_rule(prompt bigint, environment bigint) RETURNS environments_rule
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT rule.*
    FROM environments_rule rule
    JOIN prompts_prompt p ON p.id = prompt
    JOIN teams_namespace n ON n.id = p.namespace_id
   WHERE rule.environment_id = environment AND rule.namespace_id = ANY(n.lineage)
   ORDER BY array_position(n.lineage, rule.namespace_id) DESC
   LIMIT 1
$$;
"""

# Approvals that a release to an environment can stand on: over the very bytes of the version, from
# current rounds of running reviews of that environment or a later one, by people who did not
# write the version (unless the rule of an unprotected environment allows their own approval).
APPROVALS = """
CREATE FUNCTION galley_approvals(wanted environments_release) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT count(DISTINCT d.person_id)
    FROM reviews_decision d
    JOIN reviews_round r ON r.id = d.round_id
    JOIN reviews_review w ON w.id = r.review_id
    JOIN environments_environment at ON at.id = w.environment_id
    JOIN environments_environment here ON here.id = wanted.environment_id
    JOIN prompts_version v ON v.id = wanted.version_id
   WHERE d.kind = 'approve'
     AND d.content_hash = v.content_hash
     AND d.made_at > statement_timestamp() - make_interval(
       days => (galley_rule(wanted.prompt_id, wanted.environment_id)).approval_days
     )
     AND r.version_id = wanted.version_id
     AND w.prompt_id = wanted.prompt_id
     AND w.state IN ('open', 'approved')
     AND (at.id = here.id OR at.position > here.position)
     AND NOT EXISTS (
       SELECT 1 FROM reviews_round later
        WHERE later.review_id = r.review_id AND later.number > r.number
     )
     AND (
       (galley_rule(wanted.prompt_id, wanted.environment_id)).own_approval AND NOT here.protected
       OR NOT EXISTS (
         SELECT 1 FROM prompts_versioncontributor c
          WHERE c.version_id = wanted.version_id AND c.person_id = d.person_id
       )
     )
$$;
"""

APPROVED = """
CREATE FUNCTION galley_check_approved(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF wanted.approvals_needed IS DISTINCT FROM
     (galley_rule(wanted.prompt_id, wanted.environment_id)).approvals THEN
    RAISE EXCEPTION 'the release does not name the approvals that its rule asks for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF galley_approvals(wanted) < wanted.approvals_needed THEN
    RAISE EXCEPTION 'approvals are missing'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
"""

ROLL_BACK = """
CREATE FUNCTION galley_check_roll_back(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM environments_release
     WHERE prompt_id = wanted.prompt_id AND environment_id = wanted.environment_id
       AND version_id = wanted.version_id AND revision < wanted.revision
  ) THEN
    RAISE EXCEPTION 'this version was never live here'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (galley_rule(wanted.prompt_id, wanted.environment_id)).roll_back_approved THEN
    PERFORM galley_check_approved(wanted);
    PERFORM galley_check_locks(wanted);
  END IF;
END $$;
"""

# A split begins over one live version, with that version as its first arm and the new one as its
# last. A step changes the shares of a running split and nothing else, or ends it with all of it.
SPLIT = """
CREATE FUNCTION galley_split_versions(split jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT array_agg((arm->>'arm') || ':' || (arm->>'version') ORDER BY place)
    FROM jsonb_array_elements(split->'arms') WITH ORDINALITY AS arms(arm, place)
$$;

CREATE FUNCTION galley_check_split(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before environments_release;
  ours integer;
  theirs integer;
BEGIN
  SELECT * INTO before FROM environments_release WHERE id = wanted.replaced_id;
  SELECT number INTO ours FROM prompts_version WHERE id = wanted.version_id;
  SELECT number INTO theirs FROM prompts_version WHERE id = before.version_id;
  IF before.id IS NULL OR before.split IS NOT NULL OR before.version_id = wanted.version_id
     OR galley_split_versions(wanted.split) IS DISTINCT FROM ARRAY['a:' || theirs, 'b:' || ours]
  THEN
    RAISE EXCEPTION 'a split is between what is live and what is released'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

CREATE FUNCTION galley_check_step(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before environments_release;
BEGIN
  SELECT * INTO before FROM environments_release WHERE id = wanted.replaced_id;
  IF before.split IS NULL OR before.how = 'experiment' OR before.version_id <> wanted.version_id OR (
    wanted.split IS NOT NULL AND (
      wanted.split - 'arms' IS DISTINCT FROM before.split - 'arms'
      OR galley_split_versions(wanted.split) IS DISTINCT FROM galley_split_versions(before.split)
    )
  ) THEN
    RAISE EXCEPTION 'a step changes the shares of a running split, and nothing else'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

CREATE FUNCTION galley_check_weights(split jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT sum((arm->>'weight')::integer) <> 100 OR min((arm->>'weight')::integer) < 0
        FROM jsonb_array_elements(split->'arms') AS arm) IS NOT FALSE THEN
    RAISE EXCEPTION 'the shares of a split make 100 percent'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
"""

# Breaking the glass passes approvals, and nothing else: a person, a reason, and a follow-up that
# stands when the transaction ends and is closed by somebody else.
GLASS = """
CREATE FUNCTION galley_check_break_glass(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF length(btrim(wanted.reason)) < 20 OR wanted.made_by_kind <> 'person'
     OR wanted.made_by_id IS NULL OR wanted.split IS NOT NULL THEN
    RAISE EXCEPTION 'only a person breaks the glass, and says why in 20 characters or more'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

CREATE FUNCTION galley_require_follow_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM releases_followup
     WHERE release_id = NEW.id AND due_at <= NEW.made_at + interval '73 hours'
  ) THEN
    RAISE EXCEPTION 'a broken glass has a follow-up'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER releases_glass_followed AFTER INSERT ON environments_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.how = 'break_glass')
  EXECUTE FUNCTION galley_require_follow_up();

CREATE FUNCTION galley_check_follow_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'open' OR NOT EXISTS (
      SELECT 1 FROM environments_release WHERE id = NEW.release_id AND how = 'break_glass'
    ) THEN
      RAISE EXCEPTION 'a follow-up belongs to a broken glass'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'open'
     OR (NEW.id, NEW.release_id, NEW.due_at) IS DISTINCT FROM (OLD.id, OLD.release_id, OLD.due_at)
  THEN
    RAISE EXCEPTION 'a follow-up stays what it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'closed' AND (
    NEW.closed_by_id IS NULL OR NEW.closed_at IS NULL OR btrim(NEW.words) = ''
    OR NEW.closed_by_id = (SELECT made_by_id FROM environments_release WHERE id = NEW.release_id)
  ) THEN
    RAISE EXCEPTION 'a follow-up is closed by somebody else, with words'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_followup_fits BEFORE INSERT OR UPDATE ON releases_followup
  FOR EACH ROW EXECUTE FUNCTION galley_check_follow_up();
CREATE TRIGGER releases_followup_kept BEFORE DELETE ON releases_followup
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_followup_audited AFTER INSERT OR UPDATE ON releases_followup
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

# Freezes and locked blocks hold here too. What is asked is never more than what the application
# asks: a local time that comes twice makes a freeze longer there, and who may still sign is asked
# there alone. A freeze is met when it holds at the beginning of the transaction and now: what
# begins or ends in between is the application's.
RULES = """
CREATE FUNCTION galley_rules_along(wanted environments_release) RETURNS SETOF environments_rule
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT rule.*
    FROM environments_rule rule
    JOIN prompts_prompt p ON p.id = wanted.prompt_id
    JOIN teams_namespace n ON n.id = p.namespace_id
   WHERE rule.environment_id = wanted.environment_id AND rule.namespace_id = ANY(n.lineage)
$$;
"""

FREEZE = """
CREATE FUNCTION galley_second_of_week(day_and_time text) RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT split_part(day_and_time, ' ', 1)::integer * 86400
    + extract(epoch FROM split_part(day_and_time, ' ', 2)::time)::integer
$$;

CREATE FUNCTION galley_is_frozen(period jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  here timestamp;
  now_is integer;
  begins integer;
  ends integer;
BEGIN
  here := at AT TIME ZONE (period->>'zone');
  IF period->>'kind' = 'once' THEN
    RETURN here >= (period->>'start')::timestamp AND here < (period->>'end')::timestamp;
  END IF;
  now_is := (extract(isodow FROM here)::integer - 1) * 86400
    + floor(extract(epoch FROM here::time))::integer;
  begins := galley_second_of_week(period->>'start');
  ends := galley_second_of_week(period->>'end');
  IF begins < ends THEN
    RETURN now_is >= begins AND now_is < ends;
  END IF;
  RETURN now_is >= begins OR now_is < ends;
EXCEPTION WHEN invalid_parameter_value OR invalid_datetime_format OR datetime_field_overflow THEN
  RETURN false;  -- a time zone that only the application knows
END $$;

CREATE FUNCTION galley_check_freeze(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM galley_rules_along(wanted) rule, jsonb_array_elements(rule.freezes) period
     WHERE galley_is_frozen(period, transaction_timestamp())
       AND galley_is_frozen(period, clock_timestamp())
  ) THEN
    RAISE EXCEPTION 'nothing is released during a freeze'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
"""

LOCKS = """
CREATE FUNCTION galley_locked_part(version bigint, kind text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  document jsonb;
  found jsonb;
  words jsonb;
BEGIN
  SELECT convert_from(content, 'UTF8')::jsonb INTO document
    FROM prompts_version WHERE id = version;
  SELECT jsonb_agg(block ORDER BY place) INTO found
    FROM jsonb_array_elements(document->'blocks') WITH ORDINALITY AS blocks(block, place)
   WHERE block->>'type' = kind;
  SELECT jsonb_agg(said ORDER BY place) INTO words FROM (
    SELECT place, jsonb_object_agg(said.key, said.value) AS said
      FROM jsonb_array_elements(document->'models') WITH ORDINALITY AS models(model, place),
           jsonb_each(coalesce(model->'overrides', '{}')) AS said
     WHERE EXISTS (
       SELECT 1 FROM jsonb_array_elements(coalesce(found, '[]')) block
        WHERE block->>'key' = said.key
     )
     GROUP BY place
  ) told;
  RETURN jsonb_build_array(coalesce(found, '[]'), coalesce(words, '[]'));
END $$;

CREATE FUNCTION galley_is_signed(wanted environments_release, team bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1
      FROM reviews_decision d
      JOIN reviews_round r ON r.id = d.round_id
      JOIN reviews_review w ON w.id = r.review_id
      JOIN teams_membership m ON m.person_id = d.person_id
      JOIN environments_environment at ON at.id = w.environment_id
      JOIN environments_environment here ON here.id = wanted.environment_id
      JOIN prompts_version v ON v.id = wanted.version_id
     WHERE m.team_id = team
       AND d.kind = 'approve'
       AND d.content_hash = v.content_hash
       AND r.version_id = wanted.version_id
       AND w.prompt_id = wanted.prompt_id
       AND w.state IN ('open', 'approved')
       AND (at.id = here.id OR at.position > here.position)
       AND NOT EXISTS (
         SELECT 1 FROM prompts_versioncontributor c
          WHERE c.version_id = wanted.version_id AND c.person_id = d.person_id
       )
  )
$$;

CREATE FUNCTION galley_check_locks(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  before bigint;
BEGIN
  SELECT version_id INTO before FROM environments_release WHERE id = wanted.replaced_id;
  IF EXISTS (
    SELECT 1 FROM galley_rules_along(wanted) rule, jsonb_array_elements(rule.locks) held
     WHERE galley_locked_part(wanted.version_id, held->>'type') IS DISTINCT FROM
           CASE WHEN before IS NULL THEN '[[], []]'::jsonb
                ELSE galley_locked_part(before, held->>'type') END
       AND NOT galley_is_signed(wanted, (held->>'team')::bigint)
  ) THEN
    RAISE EXCEPTION 'locked blocks changed and their team has not signed'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;
"""

SHARE = """
CREATE FUNCTION galley_grows(wanted environments_release) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((wanted.split->'arms'->-1->>'weight')::integer, 100)
       > coalesce((before.split->'arms'->-1->>'weight')::integer, 100)
    FROM environments_release before WHERE before.id = wanted.replaced_id
$$;
"""

# An experiment shares the traffic of what is live: that stays, and every other version has the
# approvals of a release. Its end gives all of it back to what is live.
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

WAY = """
CREATE FUNCTION galley_check_way(wanted environments_release) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF wanted.split IS NOT NULL THEN
    PERFORM galley_check_weights(wanted.split);
  END IF;
  CASE wanted.how
    WHEN 'roll_back' THEN
      PERFORM galley_check_roll_back(wanted);
    WHEN 'step' THEN
      PERFORM galley_check_step(wanted);
      IF galley_grows(wanted) THEN
        PERFORM galley_check_freeze(wanted);
      END IF;
      RETURN;
    WHEN 'publish', 'promote', 'schedule' THEN
      PERFORM galley_check_approved(wanted);
      PERFORM galley_check_locks(wanted);
      PERFORM galley_check_freeze(wanted);
    WHEN 'break_glass' THEN
      PERFORM galley_check_break_glass(wanted);
    WHEN 'experiment' THEN
      PERFORM galley_check_experiment(wanted);
      RETURN;
    ELSE
      RAISE EXCEPTION 'no way to go live: %', wanted.how
        USING ERRCODE = 'integrity_constraint_violation';
  END CASE;
  IF wanted.split IS NOT NULL THEN
    PERFORM galley_check_split(wanted);
  END IF;
END $$;
"""

DEPLOYMENT = """
CREATE FUNCTION galley_check_deployment() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  new_release environments_release;
  before_id bigint;
  before_revision integer := 0;
BEGIN
  SELECT * INTO new_release FROM environments_release WHERE id = NEW.release_id;
  IF TG_OP = 'UPDATE' THEN
    before_id := OLD.release_id;
    before_revision := OLD.revision;
    IF (NEW.id, NEW.prompt_id, NEW.environment_id)
       IS DISTINCT FROM (OLD.id, OLD.prompt_id, OLD.environment_id) THEN
      RAISE EXCEPTION 'a deployment stays in its place'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF new_release.id IS NULL
     OR (new_release.prompt_id, new_release.environment_id)
        IS DISTINCT FROM (NEW.prompt_id, NEW.environment_id)
     OR NOT EXISTS (
       SELECT 1 FROM prompts_version
        WHERE id = new_release.version_id AND prompt_id = NEW.prompt_id
     ) THEN
    RAISE EXCEPTION 'the release is of another prompt or environment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.revision <> before_revision + 1
     OR new_release.revision <> NEW.revision
     OR new_release.replaced_id IS DISTINCT FROM before_id THEN
    RAISE EXCEPTION 'the release does not follow what is live'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM galley_check_way(new_release);
  RETURN NEW;
END $$;
CREATE TRIGGER releases_deployment_moves BEFORE INSERT OR UPDATE ON environments_deployment
  FOR EACH ROW EXECUTE FUNCTION galley_check_deployment();
"""

# Every release was live: otherwise a row that never was could later be "rolled back" to.
RELEASE = """
CREATE FUNCTION galley_check_release() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM environments_deployment
     WHERE prompt_id = NEW.prompt_id AND environment_id = NEW.environment_id
       AND revision >= NEW.revision
  ) THEN
    RAISE EXCEPTION 'a release that never went live'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER releases_release_was_live AFTER INSERT ON environments_release
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_check_release();
"""

# A plan stays what it was made for.
SCHEDULES = """
CREATE FUNCTION galley_check_schedule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (
    OLD.state <> 'waiting'
    OR (NEW.id, NEW.prompt_id, NEW.environment_id, NEW.version_id, NEW.replaces_id, NEW.at,
        NEW.acknowledged, NEW.made_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.prompt_id, OLD.environment_id, OLD.version_id, OLD.replaces_id, OLD.at,
        OLD.acknowledged, OLD.made_by_id)
  ) THEN
    RAISE EXCEPTION 'a plan stays what it was made for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND prompt_id = NEW.prompt_id
  ) THEN
    RAISE EXCEPTION 'a plan is about a version of its prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_schedule_stays BEFORE INSERT OR UPDATE ON releases_schedule
  FOR EACH ROW EXECUTE FUNCTION galley_check_schedule();
CREATE TRIGGER releases_schedule_kept BEFORE DELETE ON releases_schedule
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_schedule_audited
  AFTER INSERT OR UPDATE ON releases_schedule
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""

# Bundles are only ever added to; an item went live where its bundle did.
BUNDLES = "\n".join(
    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table in ("releases_releasebundle", "releases_bundleitem")
)
BUNDLE_ITEMS = """
CREATE FUNCTION galley_check_bundle_item() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM environments_release r
      JOIN releases_releasebundle b ON b.environment_id = r.environment_id
     WHERE r.id = NEW.release_id AND b.id = NEW.bundle_id
  ) THEN
    RAISE EXCEPTION 'an item of a bundle went live in its environment'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_bundleitem_fits BEFORE INSERT ON releases_bundleitem
  FOR EACH ROW EXECUTE FUNCTION galley_check_bundle_item();
"""

# A waiver is of two people, about one version, and stays what it was proposed for.
WAIVERS = """
CREATE FUNCTION galley_check_waiver() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM prompts_version WHERE id = NEW.version_id AND content_hash = NEW.content_hash
  ) OR btrim(NEW.reason) = '' OR NEW.gate NOT IN ('text', 'contract') THEN
    RAISE EXCEPTION 'a waiver is about a finding of one version, with a reason'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'proposed' OR NEW.confirmed_by_id IS NOT NULL THEN
      RAISE EXCEPTION 'a waiver begins as a proposal'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.version_id, NEW.content_hash, NEW.environment_id, NEW.gate, NEW.subject,
      NEW.finding, NEW.reason, NEW.proposed_by_id)
     IS DISTINCT FROM
     (OLD.id, OLD.version_id, OLD.content_hash, OLD.environment_id, OLD.gate, OLD.subject,
      OLD.finding, OLD.reason, OLD.proposed_by_id)
     OR OLD.state = 'withdrawn'
     OR (OLD.state = 'confirmed' AND (NEW.state = 'proposed'
         OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id)) THEN
    RAISE EXCEPTION 'a waiver stays what it was proposed for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.state = 'confirmed' AND (
    NEW.confirmed_by_id IS NULL OR NEW.confirmed_by_id = NEW.proposed_by_id
    OR EXISTS (
      SELECT 1 FROM prompts_versioncontributor
       WHERE version_id = NEW.version_id AND person_id = NEW.confirmed_by_id
    )
  ) THEN
    RAISE EXCEPTION 'a waiver is confirmed by a second person, who did not write the version'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER releases_waiver_fits BEFORE INSERT OR UPDATE ON releases_waiver
  FOR EACH ROW EXECUTE FUNCTION galley_check_waiver();
CREATE TRIGGER releases_waiver_kept BEFORE DELETE ON releases_waiver
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER releases_waiver_audited AFTER INSERT OR UPDATE ON releases_waiver
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""


class Migration(migrations.Migration):
    replaces: ClassVar = [
        ("releases", "0001_guards"),
        ("releases", "0002_ways"),
        ("releases", "0004_schedule_guards"),
        ("releases", "0005_rule_terms"),
        ("releases", "0007_bundle_guards"),
        ("releases", "0009_break_glass"),
        ("releases", "0011_waiver_guards"),
        ("releases", "0012_freezes_and_locks"),
        ("releases", "0014_experiments"),
    ]
    dependencies: ClassVar = [
        ("releases", "0001_tables"),
        ("environments", "0002_triggers"),
        ("prompts", "0001_tables"),
        ("reviews", "0002_guards"),
        ("audit", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(RULE),
        migrations.RunSQL(APPROVALS),
        migrations.RunSQL(APPROVED),
        migrations.RunSQL(ROLL_BACK),
        migrations.RunSQL(SPLIT),
        migrations.RunSQL(GLASS),
        migrations.RunSQL(RULES + FREEZE + LOCKS + SHARE),
        migrations.RunSQL(EXPERIMENT),
        migrations.RunSQL(WAY),
        migrations.RunSQL(DEPLOYMENT),
        migrations.RunSQL(RELEASE),
        migrations.RunSQL(SCHEDULES),
        migrations.RunSQL(BUNDLES),
        migrations.RunSQL(BUNDLE_ITEMS),
        migrations.RunSQL(WAIVERS),
    ]

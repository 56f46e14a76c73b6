"""Freezes and locked blocks hold in the database too, for whoever writes the pointer.

What is asked here is never more than what the application asks: a local time that comes twice makes
a freeze longer there, and who may still sign is asked there alone. A freeze is met when it holds at
the beginning of the transaction and now: what begins or ends in between is the application's.
"""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

GLASS = import_module("apps.releases.migrations.0009_break_glass")
TERMS = import_module("apps.releases.migrations.0005_rule_terms")

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

DROP = """
DROP FUNCTION galley_grows(environments_release);
DROP FUNCTION galley_check_locks(environments_release);
DROP FUNCTION galley_is_signed(environments_release, bigint);
DROP FUNCTION galley_locked_part(bigint, text);
DROP FUNCTION galley_check_freeze(environments_release);
DROP FUNCTION galley_is_frozen(jsonb, timestamptz);
DROP FUNCTION galley_second_of_week(text);
DROP FUNCTION galley_rules_along(environments_release);
"""

WAY = GLASS.WAY.replace(
    "      PERFORM galley_check_step(wanted);\n",
    "      PERFORM galley_check_step(wanted);\n"
    "      IF galley_grows(wanted) THEN\n"
    "        PERFORM galley_check_freeze(wanted);\n"
    "      END IF;\n",
).replace(
    "      PERFORM galley_check_approved(wanted);\n",
    "      PERFORM galley_check_approved(wanted);\n"
    "      PERFORM galley_check_locks(wanted);\n"
    "      PERFORM galley_check_freeze(wanted);\n",
)
ROLL_BACK = TERMS.ROLL_BACK.replace(
    "    PERFORM galley_check_approved(wanted);\n",
    "    PERFORM galley_check_approved(wanted);\n    PERFORM galley_check_locks(wanted);\n",
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("releases", "0011_waiver_guards"),
        ("environments", "0009_rule_terms"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(RULES + FREEZE + LOCKS + SHARE, DROP),
        migrations.RunSQL(WAY, GLASS.WAY),
        migrations.RunSQL(ROLL_BACK, TERMS.ROLL_BACK),
    ]

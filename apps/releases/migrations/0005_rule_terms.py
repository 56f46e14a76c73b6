"""Approvals grow old, and a rule can ask for them before a roll back."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

GUARDS = import_module("apps.releases.migrations.0001_guards")
WAYS = import_module("apps.releases.migrations.0002_ways")

APPROVALS = """
CREATE OR REPLACE FUNCTION galley_approvals(wanted environments_release) RETURNS bigint
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

ROLL_BACK = """
CREATE OR REPLACE FUNCTION galley_check_roll_back(wanted environments_release) RETURNS void
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
  END IF;
END $$;
"""


def replacing(sql: str) -> str:
    return sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("releases", "0004_schedule_guards"),
        ("environments", "0009_rule_terms"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(APPROVALS, replacing(GUARDS.APPROVALS)),
        migrations.RunSQL(ROLL_BACK, replacing(WAYS.ROLL_BACK)),
    ]

"""Each way to go live has its own check, and a split is part of the release.

`galley_check_deployment` keeps what holds for every way: the place, the order, the revision. What a
way must stand on is asked in `galley_check_way`, a function for each.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

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
  IF before.split IS NULL OR before.version_id <> wanted.version_id OR (
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
      RETURN;
    WHEN 'publish', 'promote', 'schedule' THEN
      PERFORM galley_check_approved(wanted);
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
CREATE OR REPLACE FUNCTION galley_check_deployment() RETURNS trigger
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
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("releases", "0001_guards"),
        ("environments", "0005_release_split"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(APPROVED, migrations.RunSQL.noop),
        migrations.RunSQL(ROLL_BACK, migrations.RunSQL.noop),
        migrations.RunSQL(SPLIT, migrations.RunSQL.noop),
        migrations.RunSQL(WAY, migrations.RunSQL.noop),
        migrations.RunSQL(DEPLOYMENT, migrations.RunSQL.noop),
    ]

"""The pointer moves one release at a time, and only to what was approved or was live there before.

The last word is the database's: whoever writes the pointer, by whatever path, passes this.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

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
  IF new_release.how = 'roll_back' THEN
    IF NOT EXISTS (
      SELECT 1 FROM environments_release
       WHERE prompt_id = NEW.prompt_id AND environment_id = NEW.environment_id
         AND version_id = new_release.version_id AND revision < NEW.revision
    ) THEN
      RAISE EXCEPTION 'this version was never live here'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF new_release.approvals_needed IS DISTINCT FROM
     (galley_rule(NEW.prompt_id, NEW.environment_id)).approvals THEN
    RAISE EXCEPTION 'the release does not name the approvals that its rule asks for'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF galley_approvals(new_release) < new_release.approvals_needed THEN
    RAISE EXCEPTION 'approvals are missing'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
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

DROP_APPROVALS = "DROP FUNCTION galley_approvals(environments_release);"
DROP_RULE = "DROP FUNCTION galley_rule(bigint, bigint);"
DROP_DEPLOYMENT = """
DROP TRIGGER releases_deployment_moves ON environments_deployment;
DROP FUNCTION galley_check_deployment();
"""
DROP_RELEASE = """
DROP TRIGGER releases_release_was_live ON environments_release;
DROP FUNCTION galley_check_release();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        ("environments", "0003_seed"),
        ("prompts", "0001_initial"),
        ("reviews", "0002_guards"),
    ]

    operations: ClassVar = [
        migrations.RunSQL(RULE, DROP_RULE),
        migrations.RunSQL(APPROVALS, DROP_APPROVALS),
        migrations.RunSQL(DEPLOYMENT, DROP_DEPLOYMENT),
        migrations.RunSQL(RELEASE, DROP_RELEASE),
    ]

"""Rounds and decisions are only ever added to, and never without an audit entry."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("reviews_round", "reviews_decision")

TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();
"""
    for table in TABLES
)

DROP = "".join(
    f"""
DROP TRIGGER {table}_audited ON {table};
DROP TRIGGER {table}_not_emptied ON {table};
DROP TRIGGER {table}_kept ON {table};
"""
    for table in TABLES
)

# A decision signs the very bytes of its round's version, and nobody decides in an older round.
DECISION = """
CREATE FUNCTION galley_check_decision() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked record;
BEGIN
  SELECT r.review_id, r.number, v.content_hash INTO asked
    FROM reviews_round r JOIN prompts_version v ON v.id = r.version_id WHERE r.id = NEW.round_id;
  IF NEW.content_hash IS DISTINCT FROM asked.content_hash THEN
    RAISE EXCEPTION 'a decision is about the text of its round'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM reviews_round later
     WHERE later.review_id = asked.review_id AND later.number > asked.number
  ) THEN
    RAISE EXCEPTION 'this round is over' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reviews_decision_fits BEFORE INSERT ON reviews_decision
  FOR EACH ROW EXECUTE FUNCTION galley_check_decision();

CREATE FUNCTION galley_check_round() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM reviews_review w JOIN prompts_version v ON v.prompt_id = w.prompt_id
     WHERE w.id = NEW.review_id AND v.id = NEW.version_id
  ) THEN
    RAISE EXCEPTION 'a round is about a version of its review''s prompt'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reviews_round_fits BEFORE INSERT ON reviews_round
  FOR EACH ROW EXECUTE FUNCTION galley_check_round();
"""

DROP_DECISION = """
DROP TRIGGER reviews_round_fits ON reviews_round;
DROP FUNCTION galley_check_round();
DROP TRIGGER reviews_decision_fits ON reviews_decision;
DROP FUNCTION galley_check_decision();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0001_tables"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(TRIGGERS, DROP),
        migrations.RunSQL(DECISION, DROP_DECISION),
    ]

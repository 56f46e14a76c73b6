"""Connections, models, permits and budgets change with an entry of the trail; a team's month is
never overbooked, whoever writes; a reservation is settled once and stays."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

TABLES = ("llm_connection", "llm_connectedmodel", "llm_modelpermit", "llm_budget")
AUDITED = "\n".join(
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT OR UPDATE OR DELETE ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table in TABLES
)

RESERVATIONS = """
CREATE FUNCTION llm_check_budget() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  month_limit_now numeric;
  begins timestamptz;
  taken numeric;
BEGIN
  SELECT month_limit INTO month_limit_now FROM llm_budget WHERE team_id = NEW.team_id FOR UPDATE;
  IF month_limit_now IS NULL THEN
    RETURN NEW;
  END IF;
  begins := date_trunc('month', NEW.created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  SELECT coalesce(sum(coalesce(settled_amount, amount)), 0) INTO taken FROM llm_reservation
    WHERE team_id = NEW.team_id AND created_at >= begins
      AND created_at < begins + interval '1 month';
  IF taken + NEW.amount > month_limit_now THEN
    RAISE EXCEPTION 'the budget of team % is used up', NEW.team_id
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION llm_keep_reservation() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.settled_at IS NOT NULL
     OR (NEW.team_id, NEW.amount, NEW.purpose, NEW.run_ref, NEW.created_at)
        IS DISTINCT FROM (OLD.team_id, OLD.amount, OLD.purpose, OLD.run_ref, OLD.created_at) THEN
    RAISE EXCEPTION 'a reservation is settled once and stays as it is'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER llm_reservation_within BEFORE INSERT ON llm_reservation
  FOR EACH ROW EXECUTE FUNCTION llm_check_budget();
CREATE TRIGGER llm_reservation_kept BEFORE UPDATE OR DELETE ON llm_reservation
  FOR EACH ROW EXECUTE FUNCTION llm_keep_reservation();
CREATE TRIGGER llm_reservation_not_emptied BEFORE TRUNCATE ON llm_reservation
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
"""

DROP = "\n".join(f"DROP TRIGGER {table}_audited ON {table};" for table in TABLES)
DROP_RESERVATIONS = """
DROP TRIGGER llm_reservation_not_emptied ON llm_reservation;
DROP TRIGGER llm_reservation_kept ON llm_reservation;
DROP TRIGGER llm_reservation_within ON llm_reservation;
DROP FUNCTION llm_keep_reservation();
DROP FUNCTION llm_check_budget();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("llm", "0001_tables"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(AUDITED, DROP),
        migrations.RunSQL(RESERVATIONS, DROP_RESERVATIONS),
    ]

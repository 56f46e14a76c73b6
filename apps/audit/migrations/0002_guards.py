"""The trail is only ever added to, and nothing governed changes without an entry.

`galley_refuse_change()` and `galley_require_audit()` are shared: other apps hang them on their own
append-only and governed tables.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION galley_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION galley_require_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM audit_auditentry WHERE transaction_id = pg_current_xact_id()::text::bigint
  ) THEN
    RAISE EXCEPTION 'a change of % has no audit entry in its transaction', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION galley_check_chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  last_seq bigint;
  last_hash text;
BEGIN
  SELECT seq, hash INTO last_seq, last_hash FROM audit_auditentry ORDER BY seq DESC LIMIT 1;
  IF NEW.seq <> coalesce(last_seq, 0) + 1
     OR NEW.previous_hash <> coalesce(last_hash, repeat('0', 64)) THEN
    RAISE EXCEPTION 'audit entry % does not follow entry %', NEW.seq, coalesce(last_seq, 0)
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION galley_check_chain();
DROP FUNCTION galley_require_audit();
DROP FUNCTION galley_refuse_change();
"""

TRIGGERS = """
CREATE TRIGGER audit_auditentry_kept BEFORE UPDATE OR DELETE ON audit_auditentry
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER audit_auditentry_not_emptied BEFORE TRUNCATE ON audit_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER audit_auditentry_follows BEFORE INSERT ON audit_auditentry
  FOR EACH ROW EXECUTE FUNCTION galley_check_chain();
CREATE TRIGGER audit_chaincheck_kept BEFORE UPDATE OR DELETE ON audit_chaincheck
  FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();
CREATE TRIGGER audit_chaincheck_not_emptied BEFORE TRUNCATE ON audit_chaincheck
  FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();
"""

DROP_TRIGGERS = """
DROP TRIGGER audit_chaincheck_not_emptied ON audit_chaincheck;
DROP TRIGGER audit_chaincheck_kept ON audit_chaincheck;
DROP TRIGGER audit_auditentry_follows ON audit_auditentry;
DROP TRIGGER audit_auditentry_not_emptied ON audit_auditentry;
DROP TRIGGER audit_auditentry_kept ON audit_auditentry;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
    ]

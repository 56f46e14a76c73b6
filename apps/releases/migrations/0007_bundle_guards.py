"""Bundles are only ever added to, with an entry; an item went live where its bundle did."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

KEPT = "\n".join(
    f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION galley_refuse_change();\n"
    f"CREATE CONSTRAINT TRIGGER {table}_audited AFTER INSERT ON {table}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION galley_require_audit();"
    for table in ("releases_releasebundle", "releases_bundleitem")
)
DROP_KEPT = "\n".join(
    f"DROP TRIGGER {table}_audited ON {table};\n"
    f"DROP TRIGGER {table}_not_emptied ON {table};\n"
    f"DROP TRIGGER {table}_kept ON {table};"
    for table in ("releases_releasebundle", "releases_bundleitem")
)
CHECK = """
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
DROP_CHECK = """
DROP TRIGGER releases_bundleitem_fits ON releases_bundleitem;
DROP FUNCTION galley_check_bundle_item();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("releases", "0006_bundles"), ("audit", "0002_guards")]

    operations: ClassVar = [
        migrations.RunSQL(KEPT, DROP_KEPT),
        migrations.RunSQL(CHECK, DROP_CHECK),
    ]

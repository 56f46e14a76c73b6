"""What the run-time role may do: read and write rows, never alter tables nor rewrite history."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.backends.utils import CursorWrapper

HISTORY_SUFFIX = "historical"


def append_only_tables() -> list[str]:
    """Tables of models that say `append_only = True`, and every history table."""
    names = []
    for model in apps.get_models(include_auto_created=True):
        is_history = model.__name__.lower().startswith(HISTORY_SUFFIX)
        if getattr(model, "append_only", False) or is_history:
            names.append(model._meta.db_table)
    return sorted(names)


def grant_runtime_role(alias: str = "owner") -> None:
    """Grant after each migration; idempotent. Runs as the owner."""
    connection = connections[alias]
    role = connection.ops.quote_name(settings.GALLEY_RUNTIME_ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        cursor.execute(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
        )
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        _grant_own_functions(cursor, role)
        present = set(connection.introspection.table_names(cursor))
        for table in [*append_only_tables(), "django_migrations"]:
            if table in present:
                name = connection.ops.quote_name(table)
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {role}")


def _grant_own_functions(cursor: CursorWrapper, role: str) -> None:
    """What the owner does for the run-time role, and for nobody else."""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef"
        " AND pronamespace = 'public'::regnamespace AND proowner = current_user::regrole"
    )
    for (function,) in cursor.fetchall():
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")

"""A database elsewhere (DATABASE_URL): is it there, and who serves pages from it."""

import secrets
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo

from config.data_folder import keep_secret, read_secret
from config.environment import BadEnvironment, DatabaseAddress, Environment
from config.postgres import make_role

PASSWORD_FILE = "database-url-runtime.password"


def runtime_address(env: Environment) -> DatabaseAddress:
    """The run-time role: as told, or the one that the first start made and keeps."""
    if env.database_runtime is not None:
        return env.database_runtime
    assert env.database is not None
    at = env.database
    kept = read_secret(env.data, PASSWORD_FILE)
    if kept is None:
        kept = _make_runtime_role(env, at)
    return DatabaseAddress(at.host, at.port, at.name, runtime_role(at), kept)


def runtime_role(at: DatabaseAddress) -> str:
    """Named after the database, so that two installations can share a server."""
    return f"{at.name}_app"[:63]


def url(at: DatabaseAddress) -> str:
    user, key, name = (quote(part, safe="") for part in (at.user, at.password, at.name))
    return f"postgresql://{user}:{key}@{at.host}:{at.port}/{name}"


def check(env: Environment) -> None:
    """Ends with one sentence where a role cannot come in or the owner cannot make tables."""
    if env.database is not None:
        with _connect("DATABASE_URL", env.database) as connection:
            may = "SELECT has_schema_privilege(current_user, 'public', 'CREATE')"
            if not _answer(connection, may):
                raise BadEnvironment(
                    f"DATABASE_URL: {env.database.user} may not make tables in "
                    f"{env.database.name}; make that role the owner of the database."
                )
            if env.database_runtime is None:  # a first start may have ended half-way
                make_role(connection, runtime_role(env.database), runtime_address(env).password)
    _connect("DATABASE_RUNTIME_URL", runtime_address(env)).close()


def _make_runtime_role(env: Environment, at: DatabaseAddress) -> str:
    role = runtime_role(at)
    with _connect("DATABASE_URL", at) as connection:
        exists = "SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)"
        may = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
        if _answer(connection, exists, [role]) or not _answer(connection, may):
            raise BadEnvironment(_what_to_do(at, role))
        key = keep_secret(env.data, PASSWORD_FILE, secrets.token_urlsafe)
        make_role(connection, role, key)
    return key


def _what_to_do(at: DatabaseAddress, role: str) -> str:
    return (
        f"DATABASE_URL: {at.user} cannot make the role that serves pages, or it is there already; "
        "set its password with the SQL below and DATABASE_RUNTIME_URL to its address.\n\n"
        f"  CREATE ROLE {role} LOGIN PASSWORD 'choose one';\n"
        f"  GRANT CONNECT ON DATABASE {at.name} TO {role};\n"
        f"  GRANT USAGE ON SCHEMA public TO {role};\n\n"
        f"  DATABASE_RUNTIME_URL=postgresql://{role}:choose-one@{at.host}:{at.port}/{at.name}"
    )


def _connect(variable: str, at: DatabaseAddress) -> psycopg.Connection[Any]:
    where = conninfo.make_conninfo(
        host=at.host, port=at.port, dbname=at.name, user=at.user, password=at.password
    )
    try:
        return psycopg.connect(where, connect_timeout=10, autocommit=True)
    except psycopg.OperationalError as error:
        first = str(error).strip().splitlines()[0]
        reason = first.split(" failed: ")[-1].removeprefix("FATAL:").strip()
        raise BadEnvironment(
            f"{variable} does not lead to the database {at.name} on {at.host}: {reason}"
        ) from None


def _answer(connection: psycopg.Connection[Any], query: str, values: Any = None) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None

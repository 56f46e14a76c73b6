"""The embedded server: who may come in, and what the run-time role may not do."""

import stat

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import ProgrammingError

from config import postgres


def address(**changes):
    server = postgres.server(settings.DATA)
    return {"host": "127.0.0.1", "port": server.ensure(), "dbname": "galley", **changes}


@pytest.mark.parametrize("role", [postgres.SUPERUSER, postgres.OWNER, postgres.RUNTIME])
def test_role_with_its_password_comes_in(role):
    key = postgres.password(settings.DATA, role)

    with psycopg.connect(**address(user=role, password=key)) as connected:
        found = connected.execute("SELECT current_user").fetchone()

    assert found == (role,)


@pytest.mark.parametrize("role", [postgres.SUPERUSER, postgres.OWNER, postgres.RUNTIME])
@pytest.mark.parametrize("key", ["", "wrong"])
def test_role_without_its_password_is_refused(role, key, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", "/nowhere")

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(**address(user=role, password=key))


def test_secrets_are_for_their_owner_alone():
    postgres.server(settings.DATA).ensure()
    folder = settings.DATA / "secrets"

    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_server_listens_on_loopback_and_writes_for_sure(django_db_setup):
    with postgres.server(settings.DATA).connect() as connected:
        shown = [
            connected.execute(f"SHOW {name}").fetchone()[0]  # type: ignore[index]
            for name in ("listen_addresses", "unix_socket_directories", "synchronous_commit")
        ]
        hba = connected.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()

    assert shown == ["127.0.0.1", "", "on"]
    assert hba == [("scram-sha-256",)]


def test_roles_have_no_right_beyond_their_task():
    with postgres.server(settings.DATA).connect() as connected:
        rows = connected.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname LIKE 'galley%' ORDER BY rolname"
        ).fetchall()

    assert rows == [
        ("galley_app", False, False, False, False),
        ("galley_owner", False, False, True, False),
    ]


def test_folders_above_the_data_keep_their_rights(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    before = [stat.S_IMODE(path.stat().st_mode) for path in (closed, *closed.parents)]
    server = postgres.Server(closed / "data")

    server.ensure()
    with server.connect(postgres.RUNTIME, "galley") as connected:
        answer = connected.execute("SELECT 1").fetchone()
    server.release()

    assert answer == (1,)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (closed, *closed.parents)] == before


def test_server_stops_with_its_last_user(tmp_path):
    first, second = postgres.Server(tmp_path), postgres.Server(tmp_path)
    port = first.ensure()
    assert second.ensure() == port

    first.release()
    after_first = second.port()
    second.release()

    assert after_first == port
    assert second.port() is None


def test_server_starts_again_on_the_same_port_after_a_kill(tmp_path):
    server = postgres.Server(tmp_path)
    port = server.ensure()
    assert server._child
    server._child.kill()
    server._child.wait()

    again = server.ensure()

    assert again == port
    server.release()


def test_number_of_another_program_in_the_lock_file_does_not_hold_up_a_start(tmp_path):
    server = postgres.Server(tmp_path)
    server.ensure()
    server.release()
    stale = ["1", "/x", "1", "5432", "", "127.0.0.1", "1 1", "ready", ""]
    (tmp_path / "postgres/postmaster.pid").write_text("\n".join(stale))

    server.ensure()

    assert server.port() is not None
    server.release()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (id int)",
        "CREATE TEMPORARY TABLE extra (id int)",
        "CREATE SCHEMA extra",
        "ALTER TABLE accounts_user ADD COLUMN extra int",
        "DROP TABLE accounts_user",
        "TRUNCATE accounts_user",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SET ROLE galley_owner",
        "COPY accounts_user TO '/tmp/galley-copy'",
        "DELETE FROM django_migrations",
    ],
)
def test_run_time_role_cannot_change_the_house(statement):
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        connection.cursor().execute(statement)


@pytest.mark.django_db
def test_run_time_role_reads_and_writes_rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, count(*) FROM accounts_user")
        found = cursor.fetchone()

    assert found == (settings.GALLEY_RUNTIME_ROLE, 0)


def test_own_database_is_a_clone_with_both_roles(own_database):
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE TABLE extra (id int)")
        cursor.execute(f"GRANT SELECT ON extra TO {settings.GALLEY_RUNTIME_ROLE}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), (SELECT count(*) FROM extra)")
        found = cursor.fetchone()

    assert found == (own_database, 0)

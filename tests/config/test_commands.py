"""`manage.py` in a process of its own, as a person starts it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
MIGRATE = ("migrate", "accounts", "--verbosity", "0")  # a few tables are enough, and quick
STRONG = "f3K9-vX2_pQ7w.Zt5R8yB1nM4cJ6hL0sD3gA9eU2iO7kT5xV8r"


def manage(data: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GALLEY_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "config.settings", "GALLEY_DATA": str(data), **env},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def elsewhere(tmp_path):
    """A server of somebody else's, with an owner that may make roles and one that may not."""
    server = postgres.Server(tmp_path / "elsewhere")
    server.ensure()
    with server.connect() as connection:
        for role, rights in (("mighty", "CREATEROLE"), ("humble", "")):
            connection.execute(f"CREATE ROLE {role} LOGIN {rights} PASSWORD 'geheim'")
            connection.execute(f"CREATE DATABASE {role} OWNER {role}")
    yield server
    server.release()


def url(server: postgres.Server, role: str, key: str = "geheim", name: str = "") -> str:
    return f"postgresql://{role}:{key}@127.0.0.1:{server.port()}/{name or role}"


def test_command_starts_the_server_and_stops_it_again(tmp_path):
    done = manage(tmp_path, *MIGRATE)

    assert (done.returncode, done.stderr) == (0, "")
    assert postgres.Server(tmp_path).port() is None


def test_command_leaves_a_server_that_others_use(tmp_path):
    server = postgres.Server(tmp_path)
    port = server.ensure()

    done = manage(tmp_path, *MIGRATE)

    assert (done.returncode, server.port()) == (0, port)
    server.release()


def test_data_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    file = tmp_path / "file"
    file.touch()

    done = manage(file / "data", "migrate")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The data folder {file / 'data'} cannot be written (not a directory); "
        "choose another with GALLEY_DATA.\n"
    )


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://u:p@127.0.0.1:9/d", "Connection refused"),
        ("postgresql://u:p@nowhere.invalid:5432/d", "nowhere.invalid"),
    ],
)
def test_wrong_database_url_is_one_sentence(tmp_path, address, reason):
    done = manage(tmp_path, "migrate", DATABASE_URL=address)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("DATABASE_URL does not lead to the database d on ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_wrong_password_of_database_url_is_one_sentence(tmp_path, elsewhere):
    done = manage(tmp_path, "migrate", DATABASE_URL=url(elsewhere, "mighty", "wrong"))

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "password authentication failed" in done.stderr


def test_owner_elsewhere_that_may_makes_the_run_time_role(tmp_path, elsewhere):
    address = url(elsewhere, "mighty")

    done = manage(tmp_path, *MIGRATE, DATABASE_URL=address)
    again = manage(tmp_path, *MIGRATE, DATABASE_URL=address)

    kept = tmp_path / "secrets/database-url-runtime.password"
    assert (done.returncode, done.stderr) == (0, "")
    assert (again.returncode, again.stderr) == (0, "")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with elsewhere.connect() as connection:
        rights = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s"
        assert connection.execute(rights, ["mighty_app"]).fetchone() == (False, False, False)


def test_run_time_role_elsewhere_serves_but_cannot_alter(tmp_path, elsewhere):
    manage(tmp_path, *MIGRATE, DATABASE_URL=url(elsewhere, "mighty"))
    program = (
        "from django.db import connection as c; k = c.cursor();"
        "k.execute('SELECT current_user, count(*) FROM accounts_user'); print(k.fetchone());"
        "k.execute('DROP TABLE accounts_user')"
    )

    done = manage(tmp_path, "shell", "-v0", "-c", program, DATABASE_URL=url(elsewhere, "mighty"))

    assert done.stdout == "('mighty_app', 0)\n"
    assert "must be owner of table accounts_user" in done.stderr


def test_owner_elsewhere_that_may_not_is_told_the_sql(tmp_path, elsewhere):
    done = manage(tmp_path, "migrate", DATABASE_URL=url(elsewhere, "humble"))

    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL: humble cannot make the role that serves pages")
    assert "  CREATE ROLE humble_app LOGIN PASSWORD 'choose one';\n" in done.stderr
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr


def test_owner_elsewhere_with_a_given_run_time_role_migrates(tmp_path, elsewhere):
    with elsewhere.connect() as connection:
        connection.execute("CREATE ROLE humble_app LOGIN PASSWORD 'given'")

    done = manage(
        tmp_path,
        *MIGRATE,
        DATABASE_URL=url(elsewhere, "humble"),
        DATABASE_RUNTIME_URL=url(elsewhere, "humble_app", "given", "humble"),
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert not (tmp_path / "secrets/database-url-runtime.password").exists()


def test_who_serves_has_no_way_to_the_owner(tmp_path):
    program = "from django.conf import settings as s; print(sorted(s.DATABASES))"

    served = manage(tmp_path, "shell", "-v0", "-c", program, GALLEY_PROCESS="web")
    command = manage(tmp_path, "shell", "-v0", "-c", program)

    assert served.stdout == "['default']\n"
    assert command.stdout == "['default', 'owner']\n"


def test_deployment_check_is_clean_behind_https(tmp_path):
    env = {"GALLEY_PUBLIC_URL": "https://galley.example.org", "GALLEY_SECRET_KEY": STRONG}

    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **env)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("System check identified no issues")


def test_cookies_are_bound_to_the_host_behind_https(tmp_path):
    program = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE)"
    )

    secure = manage(
        tmp_path, "shell", "-v0", "-c", program, GALLEY_PUBLIC_URL="https://galley.example.org"
    )
    plain = manage(tmp_path, "shell", "-v0", "-c", program)

    assert secure.stdout == "__Host-galley_session True __Host-galley_csrf True\n"
    assert plain.stdout == "galley_session False galley_csrf False\n"


def test_weak_secret_refuses_to_start(tmp_path):
    done = manage(tmp_path, "check", GALLEY_SECRET_KEY="secret")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("GALLEY_SECRET_KEY is too weak")

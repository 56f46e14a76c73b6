"""Databases for tests: one migrated template a run, clones of it, both roles."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config import postgres

ALIASES = ("default", "owner")


class Databases:
    def __init__(self, data: Path, run: str, worker: str) -> None:
        self.data = data
        self.template = f"template_{run}"
        self.prefix = f"test_{run}_{worker}"
        self.server = postgres.server(data)
        self._made: list[str] = []

    def make_template(self) -> None:
        """Migrate once a run: the first worker does, the others wait for it."""
        self.server.ensure()
        with open(self.data / "test-template.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._exists(self.template):
                return
            work = f"{self.template}_work"
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", work)
            self._drop_stale()
            self._run("CREATE DATABASE {} OWNER {}", work, postgres.OWNER)
            with self.pointed_at(work):
                call_command("migrate", database="owner", verbosity=0)
            self._run("ALTER DATABASE {} RENAME TO {}", work, self.template)

    def clone(self) -> str:
        """A new database like the template; 60 to 80 ms."""
        name = f"{self.prefix}_{len(self._made)}"
        self._made.append(name)
        self._run("CREATE DATABASE {} TEMPLATE {} OWNER {}", name, self.template, postgres.OWNER)
        self._run("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name)
        return name

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def drop_own(self) -> None:
        for name in self._made:
            self.drop(name)

    @contextmanager
    def pointed_at(self, name: str) -> Iterator[None]:
        before = {alias: connections.settings[alias]["NAME"] for alias in ALIASES}
        self._point(dict.fromkeys(ALIASES, name))
        try:
            yield
        finally:
            self._point(before)

    def _point(self, names: dict[str, str]) -> None:
        for alias, name in names.items():
            connections[alias].close()
            connections.settings[alias]["NAME"] = name  # threads of the test make theirs from this
            connections[alias].settings_dict["NAME"] = name

    def _exists(self, name: str) -> bool:
        with self.server.connect() as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            return connection.execute(query, [name]).fetchone() is not None

    def _drop_stale(self) -> None:
        """Databases of runs that were killed."""
        query = (
            "SELECT datname FROM pg_database WHERE datname ~ '^(template|test)_'"
            " AND (pg_stat_file('base/' || oid || '/PG_VERSION')).modification"
            " < now() - interval '6 hours'"
        )
        with self.server.connect() as connection:
            stale = [row[0] for row in connection.execute(query).fetchall()]
        for name in stale:
            self.drop(name)

    def _run(self, command: str, *names: str) -> None:
        with self.server.connect() as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

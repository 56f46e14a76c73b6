"""Databases for tests: one migrated template, clones of it, both roles."""

import copy
import fcntl
import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connections
from psycopg import sql

from config import postgres
from config.data_folder import make_folder
from config.environment import ROOT

ALIASES = ("default", "owner")
MIGRATED = ("apps/*/migrations/*.py", "apps/*/models*/**/*.py", "apps/*/models.py")
MIGRATED_TOO = ("apps/core/**/*.py", "apps/audit/*.py", "requirements.lock")
Stands = tuple[str, dict[Callable[..., Any], Any]]  # database; what each `make` made there
AT_HAND = 5  # worlds; a worker comes back to those of the last files, hardly to older ones


def digest_of_tables() -> str:
    """Changes with whatever the tables, their triggers and their rights are made from."""
    found = hashlib.sha256()
    for pattern in (*MIGRATED, *MIGRATED_TOO):
        for path in sorted(ROOT.glob(pattern)):
            found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def makes_before(make: Callable[..., Any]) -> list[Callable[..., Any]]:
    """What it goes on from, and that one from; the latest first (`begins_with`)."""
    first = getattr(make, "first", None)
    return [first, *makes_before(first)] if first else []


class Databases:
    def __init__(self, data: Path, run: str, worker: str) -> None:
        self.data = data
        self.template = f"template_{digest_of_tables()}"
        self.run = f"test_{run}"
        self.prefix = f"{self.run}_{worker}"
        self.server = postgres.server(data)
        self._made = 0
        self._depth = 0  # 1 between tests: the run's own; more inside a fixture's
        self._standing: dict[Callable[..., Any], Stands] = {}
        self._open: dict[Callable[[], Any] | None, str] = {}  # where tests in a transaction work
        make_folder(data)
        self._users = open(data / f"{self.run}.users", "a")  # noqa: SIM115  held until the end
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def make_template(self) -> None:
        """Migrate once a state of the migrations: the first worker does, the others wait for it,
        and later runs on this data find it."""
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

    def clone(self, template: str = "") -> str:
        """A new database like the template: its files copied, not its pages written anew."""
        self._made += 1
        name, template = f"{self.prefix}_{self._made}", template or self.template
        command = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy"
        self._run(command, name, template, postgres.OWNER)
        self._run("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", name)
        return name

    def clone_of(self, make: Callable[[], Any]) -> tuple[str, Any]:
        """A new database in which what `make` makes stands, and a copy of that."""
        name, things = self._stands(make)
        return self.clone(name), copy.deepcopy(things[make])

    def things_of(self, make: Callable[[], Any]) -> Any:
        """A copy of what `make` made where it stands."""
        return copy.deepcopy(self._stands(make)[1][make])

    def stands_here(self, make: Callable[[], Any]) -> Any:
        """What `make` made in the database that tests in a transaction work in now, or None."""
        name = connections["default"].settings_dict["NAME"]
        here = next((made for made, opened in self._open.items() if opened == name), None)
        return self._standing[here][1].get(make) if here else None

    def empty(self) -> str:
        """Where tests in a transaction work that need no world: the same from the first on."""
        if None not in self._open:
            self._open[None] = self.clone()
        return self._open[None]

    def lead_to(self, make: Callable[[], Any] | None) -> None:
        """From here on tests work where `make` was called; None: where nothing is. The tests of a
        module that has a database to itself stay in that one."""
        if self._depth > 1:
            return
        name = self._open.pop(make, "")
        self._open[make] = name or (self.clone_of(make)[0] if make else self.clone())
        if connections["default"].settings_dict["NAME"] != self._open[make]:
            self._point(dict.fromkeys(ALIASES, self._open[make]))
        worlds = [made for made in self._open if made]  # the latest used comes last
        for made in worlds[:-AT_HAND]:
            self.drop(self._open.pop(made))

    def _stands(self, make: Callable[..., Any]) -> Stands:
        if make not in self._standing:
            self._standing[make] = self._shared(make)
        return self._standing[make]

    def _shared(self, make: Callable[..., Any]) -> Stands:
        """Made by the first worker of the run that wants it; the others find its database, and a
        note of the objects. What cannot be noted is made by each."""
        note = self.data / f"{self.run}.{make.__module__}.{make.__qualname__}"
        with open(f"{note}.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if note.exists():
                found: Stands = pickle.loads(note.read_bytes())
                return found
            made = self._new(make)
            if "<" not in make.__qualname__:
                with suppress(pickle.PicklingError, TypeError, AttributeError):
                    note.write_bytes(pickle.dumps(made))
        return made

    def _new(self, make: Callable[..., Any]) -> Stands:
        first = makes_before(make)[:1]
        stands, things = copy.deepcopy(self._stands(first[0])) if first else ("", {})
        name = self.clone(stands)
        with self.pointed_at(name):
            return name, things | {make: make(*(things[one] for one in first))}

    def drop(self, name: str) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def leave(self) -> None:
        """The last worker of a run takes away what all of them made."""
        with suppress(BlockingIOError):
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for name in self._named(self.run):
                self.drop(name)
            for path in self.data.glob(f"{self.run}.*"):
                path.unlink()
        self._users.close()

    @contextmanager
    def pointed_at(self, name: str) -> Iterator[None]:
        before = {alias: connections.settings[alias]["NAME"] for alias in ALIASES}
        self._point(dict.fromkeys(ALIASES, name))
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
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

    def _named(self, start: str) -> list[str]:
        with self.server.connect() as connection:
            query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            return [row[0] for row in connection.execute(query, [f"{start}_"]).fetchall()]

    def _drop_stale(self) -> None:
        """Databases of runs that were killed, templates of other states."""
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

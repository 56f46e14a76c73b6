"""The real application in processes of its own, on a database of the test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.warm import Warm, settled

ROOT = Path(__file__).resolve().parent.parent
LOWEST, EACH, WORKERS = 20_000, 2_000, 6
TRIED = count(os.getpid())


@dataclass(frozen=True)
class Live:
    """A served application: its address, its log, the name of its database, its process."""

    url: str
    log: Path
    database: str
    pid: int


def environment_of(database: str, process: str = "") -> dict[str, str]:
    """The environment of a child that works on this database."""
    own = {"GALLEY_DATABASE_NAME": database, "GALLEY_PROCESS": process}
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **own}


def free_port() -> int:
    """Of this worker's own two thousand, and below those that the system gives to callers: nobody
    takes it before the server does that it is for."""
    worker = int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", ""))) or 0)
    for _try in range(EACH):
        port = LOWEST + worker % WORKERS * EACH + next(TRIED) % EACH
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def _wait_for(url: str, pid: int, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and psutil.pid_exists(pid):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer:\n{log.read_text()[-4000:]}")


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(8)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@cache
def _warm(environment: frozenset[tuple[str, str]]) -> Warm:
    return Warm(dict(environment))


@contextmanager
def served(database: str, folder: Path, port: int = 0, tells: bool = False) -> Iterator[Live]:
    """Uvicorn with `config.asgi` on this port, else a free one; its log lies in the folder. It
    `tells` in a header what each answer was drawn from, if that is wanted."""
    port, log = port or free_port(), folder / "web.log"
    environment = settled(environment_of(database, "web"))
    pid = _warm(frozenset(environment.items())).serve(database, port, log, tells)
    try:
        _wait_for(f"http://127.0.0.1:{port}/account/login/", pid, log)
        yield Live(f"http://127.0.0.1:{port}", log, database, pid)
    finally:
        _end(pid)


def _end(pid: int) -> None:
    """Stop a server that is nobody's child here."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.terminate()
        try:
            process.wait(8)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(8)


@pytest.fixture
def live(own_database: str, tmp_path: Path) -> Iterator[Live]:
    with served(own_database, tmp_path) as found:
        yield found


@pytest.fixture
def worker(own_database: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker of queue `now`, on the file broker of this database."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", "now"]
    options = ["--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with (tmp_path / "worker.log").open("wb") as output:
        child = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=environment_of(own_database, "worker"),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield child
    _stop(child)

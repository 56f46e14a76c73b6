"""Brokers of tests, each started on loopback by the test that wants it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.live import free_port

NO_RABBIT = (
    "RabbitMQ is not on this machine (Debian's package rabbitmq-server): its kill test did not run"
)


@contextmanager
def broker(name: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment that leads to it: files under the data folder, Redis or RabbitMQ."""
    if name == "files":
        yield {"CELERY_BROKER_URL": ""}
    elif name == "redis":
        with redis_server(folder) as server:
            yield {"CELERY_BROKER_URL": server.url}
    else:
        with _rabbit(folder) as url:
            yield {"CELERY_BROKER_URL": url}


@dataclass(frozen=True)
class Redis:
    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def tell(self, *words: str) -> None:
        command = ["redis-cli", "-p", str(self.port), *words]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextmanager
def redis_server(folder: Path) -> Iterator[Redis]:
    """A Redis that answers: on a busy machine it may begin to long after it was started."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with _process([*command, "--dir", str(folder)], {}) as process:
        found = Redis(process, port)
        _wait_for(lambda: found.tell("ping"), subprocess.CalledProcessError)
        yield found


# Debian's own command gives the server to another person of the machine, who may not write here.
RABBIT = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")


def has_rabbit() -> bool:
    return RABBIT.exists() and shutil.which("epmd") is not None


@contextmanager
def _rabbit(folder: Path) -> Iterator[str]:
    if not has_rabbit():
        pytest.skip(NO_RABBIT)
    port, between, names = free_port(), free_port(), free_port()
    own = {
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(names),
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"galley{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(between),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    with _process(["epmd"], own), _process([str(RABBIT)], own):
        url = f"amqp://guest:guest@127.0.0.1:{port}//"
        _wait_for(lambda: _reach(url), OSError)
        yield url


@contextmanager
def _process(command: list[str], own: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        command, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:  # fmt: skip
        try:
            yield server
        finally:
            with suppress(ProcessLookupError):  # a test may have ended it
                os.killpg(server.pid, 9)


def _reach(url: str) -> None:
    import kombu

    with kombu.Connection(url, connect_timeout=2) as found:
        found.connect()


def _wait_for(ask: Callable[[], None], refusal: type[Exception]) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            return ask()
        except refusal:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)

"""Brokers of tests, each started on loopback by the test that wants it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        with _process([*command, "--dir", str(folder)], {}):
            yield {"CELERY_BROKER_URL": f"redis://127.0.0.1:{port}/0"}
    else:
        with _rabbit(folder) as url:
            yield {"CELERY_BROKER_URL": url}


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
        _wait_for(url)
        yield url


@contextmanager
def _process(command: list[str], own: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen(
        command, env={**os.environ, **own}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as server:  # fmt: skip
        try:
            yield
        finally:
            os.killpg(server.pid, 9)


def _wait_for(url: str) -> None:
    import kombu

    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with kombu.Connection(url, connect_timeout=2) as found:
                found.connect()
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("RabbitMQ did not answer")

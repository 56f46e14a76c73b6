"""A message reaches a worker, on files by default and on Redis where one is told of."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.audit.models import SubscriberCursor
from tests.live import ROOT, environment_of, free_port

SEND = "from apps.audit.tasks import run_subscribers as task; task.delay()"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    port = str(free_port())
    command = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*command, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> dict[str, str]:
    kind = request.param
    return {"CELERY_BROKER_URL": request.getfixturevalue("redis")} if kind == "redis" else {}


@pytest.mark.parametrize("broker", ["files", "redis"], indirect=True)
def test_message_wakes_the_worker(own_database, broker, tmp_path):
    env = {**environment_of(own_database, "worker"), **broker}
    options = ["--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "-Q", "now"]
    send = [sys.executable, "manage.py", "shell", "-v0", "-c", SEND]
    assert SubscriberCursor.objects.count() == 0

    with (tmp_path / "worker.log").open("wb") as output:
        worker = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT
        )
    subprocess.run(send, cwd=ROOT, env=env, check=True)
    end = time.monotonic() + 90
    while time.monotonic() < end and not SubscriberCursor.objects.exists():
        time.sleep(0.1)
    worker.kill()
    worker.wait()

    assert SubscriberCursor.objects.exists()

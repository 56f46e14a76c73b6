"""A message reaches a worker, on files by default and on Redis where one is told of."""

import subprocess
import sys
import time

import pytest

from apps.audit.models import SubscriberCursor
from tests.brokers import broker
from tests.live import ROOT, environment_of

SEND = "from apps.audit.tasks import run_subscribers as task; task.delay()"


@pytest.mark.parametrize("name", ["files", "redis"])
def test_message_wakes_the_worker(own_database, name, tmp_path):
    with broker(name, tmp_path) as found:
        assert_message_wakes_the_worker(own_database, found, tmp_path)


def assert_message_wakes_the_worker(own_database, found, tmp_path):
    env = {**environment_of(own_database, "worker"), **found}
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

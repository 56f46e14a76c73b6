"""R2: acts go on while the broker is away, and nothing that follows from them is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.audit.models import AuditEntry, SubscriberCursor
from apps.audit.subscribers import run_all
from apps.core.actors import SYSTEM
from apps.teams.actions import create_first_admin
from tests.brokers import Redis, redis_server
from tests.live import ROOT, environment_of

ACTS = 5  # in each state of the broker
# Acts in a process that believes in its broker; each line asks for some more.
ACTING = f"""
import sys
from apps.accounts.models import User
from apps.teams.actions import create_team
admin = User.objects.get()
for line in sys.stdin:
    for number in range({ACTS}):
        create_team(name=f"{{line.strip()}} {{number}}", actor=admin)
    print("done", flush=True)
"""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with redis_server(tmp_path) as found:
        yield found


@pytest.fixture
def acting(own_database: str, redis: Redis) -> Iterator[subprocess.Popen[str]]:
    create_first_admin(
        email="ada@test.example", name="Ada", password="correct horse 42", actor=SYSTEM
    )
    broker = {"CELERY_BROKER_URL": redis.url}
    with subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v0", "-c", ACTING], cwd=ROOT, text=True,
        env={**environment_of(own_database, "web"), **broker}, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as child:  # fmt: skip
        yield child
        child.kill()


STATES: dict[str, Callable[[Redis], object]] = {
    "working": lambda redis: redis.tell("ping"),
    "full": lambda redis: redis.tell("config", "set", "maxmemory", "1"),
    "locked": lambda redis: redis.tell("config", "set", "requirepass", "other"),
    "frozen": lambda redis: os.kill(redis.process.pid, signal.SIGSTOP),
    "gone": lambda redis: redis.process.kill(),
}


def test_r02_acts_go_on_whatever_the_broker_does(acting, redis):
    """A frozen Redis accepts and never answers: without a limit the first act would never end."""
    assert acting.stdin is not None and acting.stdout is not None

    for state, change in STATES.items():
        change(redis)
        acting.stdin.write(f"{state}\n")
        acting.stdin.flush()
        assert acting.stdout.readline() == "done\n"

    made = AuditEntry.objects.filter(event="teams.team.created")
    assert made.count() == ACTS * len(STATES)
    run_all()  # what the sweeper does every five seconds, without any message
    newest = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
    assert {cursor.seq for cursor in SubscriberCursor.objects.all()} == {newest}

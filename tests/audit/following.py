"""Many writers of the trail and one follower: what the follower saw. The tests run a part of it,
the figure `follower_missed` all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

import pytest
from django.db import connection, connections, transaction

from apps.audit import subscribers
from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all, subscribe
from apps.audit.trail import record
from apps.core.actors import Actor
from apps.teams.events import TEAM_CHANGED
from apps.teams.models import Team

NAME = "tests.follower"


@dataclass(frozen=True)
class Followed:
    """How many events were written; which of them were not seen, seen again, or out of order."""

    written: int
    missed: int
    again: int
    disordered: int


def follow(team: Team, actor: Actor, *, events: int, writers: int) -> Followed:
    """Each event is a transaction of its own; a subscriber reads on while they are written."""
    seen: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subscribers, "_subscribers", {})
        patch.setattr(subscribers, "_sweeps", {})
        subscribe(NAME, [TEAM_CHANGED], lambda entry: seen.append(entry.seq))
        first = AuditEntry.objects.order_by("-seq").values_list("seq", flat=True)[0]
        done = Event()
        with ThreadPoolExecutor(writers + 1) as pool:
            reader = pool.submit(_read_on, done)
            share = events // writers
            work = [pool.submit(_write, team, actor, share) for _ in range(writers)]
            for one in work:
                one.result()
            done.set()
            reader.result()
        run_all()
    rows = AuditEntry.objects.filter(seq__gt=first, event=TEAM_CHANGED)
    written = list(rows.order_by("seq").values_list("seq", flat=True))
    counted = Counter(seen)
    return Followed(
        len(written),
        sum(seq not in counted for seq in written),
        sum(counted.values()) - len(counted),
        sum(later < before for before, later in pairwise(seen)),
    )


def _write(team: Team, actor: Actor, count: int) -> None:
    try:
        for _ in range(count):
            with transaction.atomic():
                record(TEAM_CHANGED, actor=actor, target=team)
    finally:
        connections.close_all()


def _read_on(done: Event) -> None:
    try:
        while not done.is_set():
            run_all()
            done.wait(0.001)
    finally:
        connections.close_all()


def in_a_thread(pool: ThreadPoolExecutor, work: Callable[[], object]):
    """On a connection of its own."""

    def run() -> object:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)

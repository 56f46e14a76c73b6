"""The one way up: higher apps subscribe to entries of lower ones.

Each subscriber has a cursor over the trail: at least once, in order. A handler is idempotent. What
fails is tried again by the sweeper; after `PARK_AFTER` failures the entry is logged and passed
over, so that one bad entry does not hold the others for ever.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import connection

from apps.audit.actions import advance_cursor, count_failure
from apps.audit.models import AuditEntry, SubscriberCursor

log = logging.getLogger("galley.audit")
Handler = Callable[[AuditEntry], None]
PARK_AFTER = 5
BATCH = 200


@dataclass(frozen=True)
class Subscriber:
    name: str
    events: frozenset[str]
    handler: Handler


_subscribers: dict[str, Subscriber] = {}
_sweeps: dict[str, Callable[[], int]] = {}


def subscribe(name: str, events: Iterable[str], handler: Handler) -> None:
    """Called in `AppConfig.ready()`. `name` is kept for ever: it names the cursor."""
    _subscribers[name] = Subscriber(name, frozenset(events), handler)


def sweep_with(name: str, sweep: Callable[[], int]) -> None:
    """Called in `AppConfig.ready()`, for what has no entry: `sweep` finds what is not dealt with
    yet, deals with it, and returns how much it was. It runs with the subscribers."""
    _sweeps[name] = sweep


def run_all() -> int:
    """Let every subscriber read on, and every sweep look; return how many things were handled."""
    handled = sum(_run(subscriber) for subscriber in _subscribers.values())
    return handled + sum(_look(name) for name in _sweeps)


def _look(name: str) -> int:
    try:
        return _sweeps[name]()
    except Exception:  # the next beat looks again
        log.exception("the sweep %s failed", name)
        return 0


def _run(subscriber: Subscriber) -> int:
    key = f"galley-subscriber-{subscriber.name}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [key])
        if not cursor.fetchone()[0]:
            return 0  # another worker is reading for this subscriber
        try:
            return _drain(subscriber)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [key])


def _drain(subscriber: Subscriber) -> int:
    cursor, _ = SubscriberCursor.objects.get_or_create(name=subscriber.name)
    handled = 0
    while batch := list(AuditEntry.objects.filter(seq__gt=cursor.seq).order_by("seq")[:BATCH]):
        for entry in batch:
            if entry.event in subscriber.events and entry.outcome == "done":
                if not _handle(subscriber, entry):
                    return handled
                handled += 1
        cursor.seq = batch[-1].seq
        advance_cursor(subscriber.name, seq=cursor.seq)
    return handled


def _handle(subscriber: Subscriber, entry: AuditEntry) -> bool:
    """False when the entry has to be tried again later."""
    try:
        subscriber.handler(entry)
    except Exception:
        failures = count_failure(subscriber.name, seq=entry.seq - 1)
        log.exception("%s failed at entry %s (try %s)", subscriber.name, entry.seq, failures)
        if failures < PARK_AFTER:
            return False
    advance_cursor(subscriber.name, seq=entry.seq)
    return True

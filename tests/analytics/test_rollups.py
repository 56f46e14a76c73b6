"""The sums are what the events come to, whatever came late, twice or at the same time."""

from __future__ import annotations

import datetime as dt
import random
import threading
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from apps.analytics.actions import drain_touched
from apps.analytics.models import DayFigure, FeedbackHour, HourFigure
from apps.analytics.sketches import unpack
from apps.analytics.watching import drain
from apps.delivery.actions import take_calls
from apps.delivery.calls.chosen import calls
from apps.delivery.models import LogEvent, TouchedHour
from tests.analytics.recount import differences, everything_kept, rows

NOON = dt.datetime.now(dt.UTC).replace(hour=12, minute=0, second=0, microsecond=0) - dt.timedelta(1)
HOUR = dt.timedelta(hours=1)


def many(told, number, seed=1):
    """Calls and feedback of two days, in no order, some of them twice."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        at = NOON - dt.timedelta(minutes=dice.randrange(2000))
        more = {
            "version_id": dice.choice(told.versions).pk, "model": dice.choice(["a/b", "c/d"]),
            "latency_ms": dice.lognormvariate(6.5, 1), "tags": dice.sample(["x", "y", "z"], 2),
            "cost": dice.choice([None, Decimal("0.0012")]), "arm": dice.choice(["", "a", "b"]),
            "status": dice.choice(["ok", "ok", "error"]),
        }  # fmt: skip
        more["split_id"] = "s1" if more["arm"] else ""
        found.append(told.call(at, **more))
        if dice.random() < 0.2:
            told.rate(at, dice.choice([-1, 0, 0.5, 1]), version_id=more["version_id"])
    return found


def test_sums_equal_a_direct_recount_after_batches_that_overlap(told):
    events = many(told, 150)

    for start in range(0, 150, 40):
        take_calls(events[max(0, start - 15) : start + 40])
        drain()

    assert LogEvent.objects.count() == 150
    assert HourFigure.objects.count() > 20
    assert differences() == 0
    assert TouchedHour.objects.count() == 0


def test_a_lost_sum_is_a_difference(told):
    """The recount can fail."""
    take_calls(many(told, 5))
    drain()

    HourFigure.objects.filter(pk=HourFigure.objects.values("pk")[:1]).delete()

    assert differences() == 1


def test_what_comes_late_counts_in_its_own_hour(told):
    told.tell(NOON, 3)
    drain()

    told.tell(NOON - 5 * HOUR, 2)
    told.rate(NOON - 5 * HOUR, 1.0)
    drain()

    assert list(HourFigure.objects.order_by("hour").values_list("hour", "calls")) == [
        (NOON - 5 * HOUR, 2), (NOON, 3),
    ]  # fmt: skip
    assert list(FeedbackHour.objects.values_list("hour", "positive")) == [(NOON - 5 * HOUR, 1)]
    assert DayFigure.objects.get().calls == 5
    assert differences() == 0


def test_what_comes_twice_counts_once(told):
    call = told.call(NOON)

    for _ in range(3):
        take_calls([call])
        drain()

    assert HourFigure.objects.get().calls == 1


def test_draining_without_news_changes_nothing(told):
    told.tell(NOON, 3)
    drain()
    before = everything_kept()

    assert drain() == 0
    assert everything_kept() == before


def test_a_rebuild_equals_what_was_added_up_bit_by_bit(told, capsys):
    events = many(told, 120, seed=2)
    for start in range(0, 120, 7):
        take_calls(events[start : start + 7])
        drain()
    before = everything_kept()
    bins = sorted(bytes(row) for row in DayFigure.objects.values_list("latency_bins", flat=True))
    for model in (HourFigure, DayFigure, FeedbackHour):
        model.objects.all().delete()

    call_command("rebuild_figures")

    assert everything_kept() == before
    assert differences() == 0
    assert bins == sorted(
        bytes(row) for row in DayFigure.objects.values_list("latency_bins", flat=True)
    )


def test_the_bins_of_a_day_hold_every_call(told):
    take_calls(many(told, 80, seed=3))
    drain()

    found = [sum(unpack(row.latency_bins).values()) == row.calls for row in DayFigure.objects.all()]

    assert set(found) == {True}


def test_sums_stay_when_their_events_are_dropped(told):
    old = NOON - dt.timedelta(days=40)
    told.tell(old, 4)
    told.tell(NOON, 2)
    drain()

    calls().drop_before((NOON - dt.timedelta(days=3)).date())
    call_command("rebuild_figures")
    told.tell(old, 1)  # one more for a day that is gone
    drain()

    assert rows("SELECT sum(calls) FROM analytics_hourfigure") == [(6,)]
    assert rows("SELECT sum(calls) FROM analytics_dayfigure") == [(6,)]


@pytest.mark.parametrize("before_commit", [True, False])
def test_a_batch_that_commits_while_the_hour_is_counted_is_not_lost(told_alone, before_commit):
    """The batch writes its events and its mark; a drain runs before and after it commits."""
    told = told_alone
    told.tell(NOON, 1)
    written, go_on = threading.Event(), threading.Event()

    def batch():
        try:
            with transaction.atomic():
                take_calls([told.call(NOON) for _ in range(5)])
                written.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=batch)
    thread.start()
    written.wait(10)
    if before_commit:
        drain_touched()
    go_on.set()
    thread.join()
    drain()

    assert HourFigure.objects.get().calls == 6
    assert differences() == 0


def test_one_drain_runs_at_a_time(told_alone):
    told = told_alone
    told.tell(NOON, 2)
    inside, go_on, found = threading.Event(), threading.Event(), []

    def other():
        try:
            with transaction.atomic():
                found.append(drain_touched())
                inside.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    inside.wait(10)
    told.tell(NOON, 1)
    meanwhile = drain_touched()
    go_on.set()
    thread.join()

    assert (found, meanwhile) == ([1], 0)
    assert drain() == 1
    assert HourFigure.objects.get().calls == 3

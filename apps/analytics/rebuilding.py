"""All sums anew, a day of a prompt at a time: each is a transaction of its own, so that calls go on
coming in meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from apps.analytics.actions import rebuild_day
from apps.analytics.periods import DAY, midnight
from apps.delivery.calls.chosen import calls

Done = tuple[int, int, dt.date]  # environment, prompt, day


def rebuild(since: dt.date, until: dt.date) -> Iterator[Done]:
    """From the first day to the last, both included; yields what is done."""
    begin, end = _start(since), _start(until) + DAY
    places = calls().places(begin, end)
    days = {(one.environment_id, one.prompt_id, midnight(one.hour).date()) for one in places}
    for environment, prompt, day in sorted(days, key=lambda one: (one[2], *one[:2])):
        rebuild_day(environment, prompt, day)
        yield environment, prompt, day


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)

"""Which time a report is about. Days are days in UTC. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
RANGES = {"1": 1, "7": 7, "30": 30, "90": 90}
USUAL = "30"
LONGEST = 400  # days


@dataclass(frozen=True)
class Period:
    """From `since` until before `until`, both full hours. `now` is inside it, or after it."""

    since: dt.datetime
    until: dt.datetime
    now: dt.datetime

    @property
    def by_hour(self) -> bool:
        return self.until - self.since <= 3 * DAY

    @property
    def before(self) -> Period:
        """As long, just before. What has not happened yet is left out there, too."""
        seen = min(self.until, full_hour(self.now) + HOUR)
        back = self.until - self.since
        return Period(self.since - back, max(seen - back, self.since - back), self.now)

    @property
    def days(self) -> float:
        """How much of it has passed, in days."""
        passed = min(self.until, self.now) - self.since
        return max(passed / DAY, 1 / 24)

    @property
    def moments(self) -> list[dt.datetime]:
        """Where each bar of a chart begins."""
        step = HOUR if self.by_hour else DAY
        count = int((min(self.until, self.now) - self.since) / step) + 1
        found = [self.since + number * step for number in range(count)]
        return [moment for moment in found if moment < self.until]

    @property
    def whole_days(self) -> tuple[dt.date, dt.date] | None:
        """The days that are inside from beginning to end: the first, and the one after the last."""
        first = midnight(self.since) + (DAY if self.since != midnight(self.since) else 0 * DAY)
        last = midnight(self.until)
        return (first.date(), last.date()) if first < last and not self.by_hour else None

    @property
    def loose_hours(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """What is left of it beside the whole days."""
        days = self.whole_days
        if days is None:
            return [(self.since, self.until)]
        first, last = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in days)
        found = [(self.since, first), (last, self.until)]
        return [(since, until) for since, until in found if since < until]


def midnight(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def full_hour(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)


def last_days(days: int, now: dt.datetime) -> Period:
    """The last so many days, today included; of one day, the last 24 hours."""
    if days == 1:
        end = full_hour(now) + HOUR
        return Period(end - DAY, end, now)
    end = midnight(now) + DAY
    return Period(end - days * DAY, end, now)


def last_hours(hours: int, now: dt.datetime) -> Period:
    end = full_hour(now) + HOUR
    return Period(end - hours * HOUR, end, now)


def between(first: dt.date, last: dt.date, now: dt.datetime) -> Period:
    """From the first day to the last, both included."""
    since = dt.datetime.combine(first, dt.time(), dt.UTC)
    return Period(since, dt.datetime.combine(last, dt.time(), dt.UTC) + DAY, now)

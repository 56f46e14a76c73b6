"""When a schedule is due next. Pure."""

from __future__ import annotations

import datetime as dt

from apps.accounts.zones import zone as zone_of

WEEK = 7


def next_time(
    after: dt.datetime, *, hour: int, zone: str, weekday: int | None = None
) -> dt.datetime:
    """The first such hour after a moment, on every day or on one weekday (Monday is 0), in UTC.

    Where the clock goes forward over the hour it is the hour after; where it goes back, the first.
    """
    place = zone_of(zone)
    day = after.astimezone(place).date()
    for ahead in range(WEEK + 2):
        date = day + dt.timedelta(days=ahead)
        moment = dt.datetime(date.year, date.month, date.day, hour, tzinfo=place)
        found = moment.astimezone(dt.UTC)
        if found > after and weekday in (None, date.weekday()):
            return found
    raise AssertionError("a week has every weekday")

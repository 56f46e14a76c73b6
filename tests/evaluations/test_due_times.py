"""When a schedule is due: by the clock on the wall, summer and winter."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from apps.evaluations.due_times import next_time


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("after", "terms", "expected"),
    [
        ("2026-01-10 01:59", {"hour": 3, "zone": "Europe/Vienna"}, "2026-01-10 02:00"),
        ("2026-01-10 02:00", {"hour": 3, "zone": "Europe/Vienna"}, "2026-01-11 02:00"),
        ("2026-07-10 02:00", {"hour": 3, "zone": "Europe/Vienna"}, "2026-07-11 01:00"),
        # The clock goes forward over 02:00, and back over it.
        ("2026-03-29 00:30", {"hour": 2, "zone": "Europe/Vienna"}, "2026-03-29 01:00"),
        ("2026-10-24 23:30", {"hour": 2, "zone": "Europe/Vienna"}, "2026-10-25 00:00"),
        ("2026-10-25 00:00", {"hour": 2, "zone": "Europe/Vienna"}, "2026-10-26 01:00"),
        # Saturday is 5; the day is that of the place, not that of UTC.
        ("2026-01-10 12:00", {"hour": 3, "zone": "UTC", "weekday": 5}, "2026-01-17 03:00"),
        (
            "2026-01-09 14:00",
            {"hour": 0, "zone": "Asia/Tokyo", "weekday": 5},
            "2026-01-09 15:00",
        ),
        ("2026-01-10 12:00", {"hour": 3, "zone": "gone/away"}, "2026-01-11 03:00"),
    ],
)
def test_next_time_is_the_hour_of_the_place(after, terms, expected):
    assert next_time(utc(after), **terms) == utc(expected)


def test_next_time_of_a_day_is_once_a_day_through_a_whole_year():
    moment, found = utc("2026-01-01 00:00"), []
    while len(found) < 365:
        moment = next_time(moment, hour=2, zone="America/New_York")
        found.append(moment)

    gaps = {(b - a) // dt.timedelta(hours=1) for a, b in pairwise(found)}
    assert gaps == {23, 24, 25}

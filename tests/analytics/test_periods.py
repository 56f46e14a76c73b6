from __future__ import annotations

import datetime as dt

import pytest

from apps.analytics.filters import days_of
from apps.analytics.periods import between, last_days, last_hours

NOW = dt.datetime(2026, 11, 20, 10, 42, tzinfo=dt.UTC)


def at(day, hour=0):
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def test_the_last_days_end_with_today_and_begin_at_midnight():
    period = last_days(7, NOW)

    assert (period.since, period.until) == (at(14), at(21))
    assert [moment.day for moment in period.moments] == [14, 15, 16, 17, 18, 19, 20]
    assert period.whole_days == (dt.date(2026, 11, 14), dt.date(2026, 11, 21))
    assert period.loose_hours == []


def test_the_time_before_leaves_out_what_has_not_happened_yet():
    before = last_days(7, NOW).before

    assert (before.since, before.until) == (at(7), at(13, 11))
    assert before.whole_days == (dt.date(2026, 11, 7), dt.date(2026, 11, 13))
    assert before.loose_hours == [(at(13), at(13, 11))]


def test_one_day_is_read_by_the_hour():
    period = last_days(1, NOW)

    assert (period.since, period.until) == (at(19, 11), at(20, 11))
    assert period.by_hour
    assert period.whole_days is None
    assert len(period.moments) == 24


def test_a_time_that_is_over_is_compared_with_one_as_long():
    period = between(dt.date(2026, 11, 1), dt.date(2026, 11, 5), NOW)

    assert (period.before.since, period.before.until) == (
        dt.datetime(2026, 10, 27, tzinfo=dt.UTC), at(1),
    )  # fmt: skip


def test_hours_end_with_this_one():
    assert (last_hours(2, NOW).since, last_hours(2, NOW).until) == (at(20, 9), at(20, 11))


@pytest.mark.parametrize(
    ("asked", "chosen", "since"),
    [
        ({}, "30", dt.date(2026, 10, 22)),
        ({"range": "7"}, "7", dt.date(2026, 11, 14)),
        ({"range": "own", "from": "2026-11-01", "to": "2026-11-03"}, "own", dt.date(2026, 11, 1)),
        ({"range": "own", "from": "2026-11-05", "to": "2026-11-03"}, "30", dt.date(2026, 10, 22)),
        ({"range": "own", "from": "nonsense", "to": "2026-11-03"}, "30", dt.date(2026, 10, 22)),
        ({"range": "own", "from": "0001-01-01", "to": "9999-12-31"}, "30", dt.date(2026, 10, 22)),
        ({"range": "10000"}, "30", dt.date(2026, 10, 22)),
    ],
)
def test_an_address_chooses_days_and_nonsense_is_the_usual_range(asked, chosen, since):
    days = days_of(asked, NOW)

    assert (days.chosen, days.first) == (chosen, since)

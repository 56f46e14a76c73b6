"""R9 where it touches rules: an instant decides, in the local time of the freeze's own place."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.environments.freezes import (
    ONCE,
    WEEKLY,
    Freeze,
    freeze_from,
    frozen_until,
    is_past,
    makes_sense,
    next_begin,
)

BERLIN = "Europe/Berlin"
HOLIDAY = Freeze(ONCE, "Holiday freeze", BERLIN, "2026-12-18T00:00", "2027-01-02T08:00")
WEEKEND = Freeze(WEEKLY, "Weekend", BERLIN, "4 16:00", "0 08:00")


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-12-17T22:59:59", None),
        ("2026-12-17T23:00:00", "2027-01-02T07:00:00"),
        ("2027-01-02T06:59:59", "2027-01-02T07:00:00"),
        ("2027-01-02T07:00:00", None),
    ],
)
def test_holiday_freeze_holds_from_its_first_to_its_last_instant(at, until):
    found = frozen_until([HOLIDAY], utc(at))

    assert (found.at if found else None) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("at", "until"),
    [  # Friday 16:00 to Monday 08:00, in winter, in summer, and over both changes of 2026
        ("2026-01-09T14:59:59", None),
        ("2026-01-09T15:00:00", "2026-01-12T07:00:00"),
        ("2026-07-10T13:59:59", None),
        ("2026-07-10T14:00:00", "2026-07-13T06:00:00"),
        ("2026-03-27T15:00:00", "2026-03-30T06:00:00"),
        ("2026-10-23T14:00:00", "2026-10-26T07:00:00"),
        ("2026-10-26T06:59:59", "2026-10-26T07:00:00"),
        ("2026-10-26T07:00:00", None),
    ],
)
def test_weekend_freeze_follows_the_clock_of_its_place(at, until):
    found = frozen_until([WEEKEND], utc(at))

    assert (found.at if found else None) == (utc(until) if until else None)


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        # 02:30 does not come on 29 March 2026, and comes twice on 25 October.
        ("2026-03-29T02:30", "2026-03-29T04:00", "2026-03-29T00:30", "2026-03-29T02:00"),
        ("2026-03-29T00:00", "2026-03-29T02:30", "2026-03-28T23:00", "2026-03-29T01:30"),
        ("2026-10-25T02:30", "2026-10-25T04:00", "2026-10-25T00:30", "2026-10-25T03:00"),
        ("2026-10-25T00:00", "2026-10-25T02:30", "2026-10-24T22:00", "2026-10-25T01:30"),
    ],
)
def test_clock_that_jumps_makes_a_freeze_longer_and_never_shorter(start, end, begins, ends):
    freeze = Freeze(ONCE, "x", BERLIN, start, end)
    second = dt.timedelta(seconds=1)

    assert frozen_until([freeze], utc(begins) - second) is None
    assert frozen_until([freeze], utc(begins)).at == utc(ends)
    assert frozen_until([freeze], utc(ends)) is None


def test_next_freeze_is_the_first_that_begins():
    found = next_begin([HOLIDAY, WEEKEND], utc("2026-12-14T12:00:00"))
    later = next_begin([HOLIDAY], utc("2026-12-14T12:00:00"))

    assert (found.freeze, found.at) == (HOLIDAY, utc("2026-12-17T23:00:00"))
    assert later == found
    assert next_begin([WEEKEND], utc("2026-12-14T12:00:00")).at == utc("2026-12-18T15:00:00")
    assert next_begin([HOLIDAY], utc("2027-01-01T00:00:00")) is None


def test_freezes_that_follow_each_other_end_together():
    found = frozen_until([HOLIDAY, WEEKEND], utc("2026-12-30T12:00:00"))

    assert (found.freeze, found.at) == (HOLIDAY, utc("2027-01-04T07:00:00"))


def test_only_a_single_period_is_ever_past():
    assert is_past(HOLIDAY, utc("2027-01-02T07:00:00"))
    assert not is_past(HOLIDAY, utc("2027-01-02T06:59:00"))
    assert not is_past(WEEKEND, utc("2099-01-01T00:00:00"))


@pytest.mark.parametrize(
    ("change", "sense"),
    [
        ({}, True),
        ({"zone": "Mars/Olympus"}, False),
        ({"end": "2026-12-18T00:00"}, False),
        ({"end": "soon"}, False),
        ({"kind": WEEKLY}, False),
        ({"kind": WEEKLY, "start": "4 16:00", "end": "4 16:00"}, False),
        ({"kind": WEEKLY, "start": "7 16:00", "end": "0 08:00"}, False),
        ({"kind": WEEKLY, "start": "4 16:00", "end": "4 15:00"}, True),
    ],
)
def test_freeze_makes_sense_or_not(change, sense):
    assert makes_sense(freeze_from(HOLIDAY.as_json() | change)) is sense


moments = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))
zones = st.sampled_from(
    [BERLIN, "UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"]
)
times = st.builds(
    "{} {:02}:{:02}".format, st.integers(0, 6), st.integers(0, 23), st.sampled_from([0, 30])
)


@given(zone=zones, start=times, end=times, at=moments)
def test_weekly_freeze_says_the_same_as_the_clock_on_the_wall(zone, start, end, at):
    """Away from the jumps of the clock: the local weekday and time decide."""
    freeze = Freeze(WEEKLY, "x", zone, start, end)
    wall = at.astimezone(ZoneInfo(zone))
    now = f"{wall.weekday()} {wall:%H:%M}"
    day = dt.timedelta(days=1)
    jumps = {(at + n * day).astimezone(ZoneInfo(zone)).utcoffset() for n in range(-8, 9)}

    if makes_sense(freeze) and len(jumps) == 1:
        inside = start <= now < end if start < end else now >= start or now < end
        assert (frozen_until([freeze], at) is not None) == inside
        begin = next_begin([freeze], at)
        assert at < begin.at <= at + 7 * day

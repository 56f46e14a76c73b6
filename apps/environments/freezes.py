"""When nothing is released: periods in the local time of a place, once or every week. Pure.

A local time that comes twice or never (summer time begins or ends) makes a freeze longer, never
shorter: it begins at the earliest and ends at the latest instant that the clock could mean.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

ONCE, WEEKLY = "once", "weekly"
WEEK = 7
LONGEST_CHAIN = 60  # freezes that follow each other without a gap


@dataclass(frozen=True, order=True)
class Freeze:
    """`start` and `end`: "2026-12-18T00:00" once; "4 16:00" weekly (Monday is 0)."""

    kind: str
    name: str
    zone: str
    start: str
    end: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Moment:
    """A freeze, and when it ends or begins."""

    freeze: Freeze
    at: dt.datetime


def freeze_from(data: dict[str, str]) -> Freeze:
    return Freeze(**{key: str(data[key]) for key in ("kind", "name", "zone", "start", "end")})


def makes_sense(freeze: Freeze) -> bool:
    """A period that can be read and that ends after it began."""
    try:
        ZoneInfo(freeze.zone)
        if freeze.kind == WEEKLY:
            return _weekly(freeze.start) != _weekly(freeze.end)
        return freeze.kind == ONCE and _local(freeze.start) < _local(freeze.end)
    except (ValueError, KeyError, OSError):
        return False


def frozen_until(freezes: Iterable[Freeze], at: dt.datetime) -> Moment | None:
    """The end of what is frozen at that instant, through freezes that follow without a gap, named
    after the one that lasts longest now; None when nothing is frozen."""
    known = list(freezes)
    found = _last_end(known, at)
    until = found
    for _again in range(LONGEST_CHAIN):
        further = _last_end(known, until.at) if until else None
        if further is None:
            break
        until = further
    return Moment(found.freeze, until.at) if found and until else None


def next_begin(freezes: Iterable[Freeze], at: dt.datetime) -> Moment | None:
    """The first freeze that begins after that instant."""
    moments = [
        Moment(freeze, begin)
        for freeze in freezes
        for begin, _end in _windows(freeze, at)
        if begin > at
    ]
    return min(moments, key=lambda moment: moment.at, default=None)


def is_past(freeze: Freeze, at: dt.datetime) -> bool:
    """Whether it never comes again."""
    return freeze.kind == ONCE and all(end <= at for _begin, end in _windows(freeze, at))


def _last_end(freezes: Iterable[Freeze], at: dt.datetime) -> Moment | None:
    ends = [
        Moment(freeze, end)
        for freeze in freezes
        for begin, end in _windows(freeze, at)
        if begin <= at < end
    ]
    return max(ends, key=lambda moment: moment.at, default=None)


def _windows(freeze: Freeze, at: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Its periods around an instant: the one before, the one now, the next ones."""
    zone = ZoneInfo(freeze.zone)
    if freeze.kind == ONCE:
        yield _earliest(_local(freeze.start), zone), _latest(_local(freeze.end), zone)
        return
    (first, begins), (last, ends) = _weekly(freeze.start), _weekly(freeze.end)
    today = at.astimezone(zone).date()
    monday = today - dt.timedelta(days=today.weekday())
    days = (last - first) % WEEK or (WEEK if ends <= begins else 0)
    for week in (-1, 0, 1, 2):
        day = monday + dt.timedelta(days=first + WEEK * week)
        begin = dt.datetime.combine(day, begins)
        end = dt.datetime.combine(day + dt.timedelta(days=days), ends)
        yield _earliest(begin, zone), _latest(end, zone)


def _local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=None)


def _weekly(text: str) -> tuple[int, dt.time]:
    day, _space, clock = text.partition(" ")
    if not 0 <= int(day) < WEEK:
        raise ValueError(text)
    return int(day), dt.time.fromisoformat(clock)


def _instants(local: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    return [local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC) for fold in (0, 1)]


def _earliest(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return min(_instants(local, zone))


def _latest(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return max(_instants(local, zone))

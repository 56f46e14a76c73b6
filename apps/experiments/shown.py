"""An experiment as its page draws it: sentences, and places in SVG. Pure."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Row
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.experiments.metrics import Metric
from apps.experiments.readings import Said, Standing, group_reading, reading_on
from apps.experiments.sentences import (
    amount,
    interval_words,
    limit_words,
    metric_name,
    number,
    unit_words,
)
from apps.experiments.statistics import FEWEST, Reading

MIDDLE, HALF = 160.0, 150.0  # of a bar that is 320 wide


@dataclass(frozen=True)
class Bar:
    """Places on 0 to 320; `left` None where there is no interval yet."""

    left: float | None
    width: float
    at: float
    limit: float | None
    tone: str

    @property
    def mark(self) -> float:
        """Where its middle, 3 wide, begins."""
        return self.at - 1.5


@dataclass(frozen=True)
class Line:
    """One metric, or one group, of an arm against the first."""

    name: str
    words: str
    first: str
    other: str
    difference: str
    bar: Bar
    bold: bool = False
    broken: bool = False


def metric_lines(now: Standing, said: Said) -> list[Line]:
    """The goal first, then the guards."""
    goal = now.question.metric
    rows: list[tuple[Metric, Reading, float | None, str, bool]] = [
        (goal, said.reading, None, _("What it is decided by"), False)
    ]
    for guard in said.guards:
        words = limit_words(guard.guard.metric, guard.guard.worse)
        sign = -1 if guard.guard.metric.higher else 1
        limit = sign * guard.guard.metric.effect(guard.guard.worse, guard.reading.a.mean)
        rows.append((guard.guard.metric, guard.reading, limit, words, guard.limit == "broken"))
    return [
        Line(
            metric_name(metric),
            words,
            number(reading.a.mean, metric) if reading.a.units else "–",
            number(reading.b.mean, metric) if reading.b.units else "–",
            difference_words(metric, reading),
            bar(metric, reading, limit, _scale(rows, metric)),
            bold=place == 0,
            broken=broken,
        )
        for place, (metric, reading, limit, words, broken) in enumerate(rows)
    ]


def group_lines(now: Standing, arm: str) -> list[Line]:
    """For ideas alone."""
    metric = now.question.metric
    rows = [(name, group_reading(now.question, sums, arm)) for name, sums in now.facts.groups]
    scale = _scale([(metric, reading, None, "", False) for _name, reading in rows], metric)
    return [
        Line(
            name,
            _("%(n)s customers with %(arm)s") % {"n": reading.b.units, "arm": arm.upper()},
            number(reading.a.mean, metric) if reading.a.units else "–",
            number(reading.b.mean, metric) if reading.b.units else "–",
            difference_words(metric, reading),
            bar(metric, reading, None, scale),
        )
        for name, reading in rows
    ]


def difference_words(metric: Metric, reading: Reading) -> str:
    if min(reading.a.units, reading.b.units) < FEWEST:
        words = _("%(n)s and %(m)s customers: too few")
        return words % {"n": reading.a.units, "m": reading.b.units}
    if reading.low is None or reading.high is None:
        first = amount(reading.estimate, metric, reading.a.mean)
        words = _("%(first)s so far, too early to bound")
        return words % {"first": f"{first} {unit_words(metric)}".strip()}
    return interval_words(metric, reading.estimate, reading.low, reading.high, reading.a.mean)


def bar(metric: Metric, reading: Reading, limit: float | None, scale: float) -> Bar:
    def place(value: float) -> float:
        mean = abs(reading.a.mean) or 1.0
        shown = value / mean if metric.relative else value
        return round(MIDDLE + HALF * max(-1.0, min(1.0, shown / scale)), 1)

    known = reading.low is not None and reading.high is not None
    known = known and min(reading.a.units, reading.b.units) >= FEWEST
    left = place(reading.low or 0.0) if known else None
    right = place(reading.high or 0.0) if known else MIDDLE
    tone = "none"
    if known and ((reading.low or 0) > 0 or (reading.high or 0) < 0):
        tone = "good" if ((reading.low or 0) > 0) == metric.higher else "bad"
    return Bar(
        left,
        round(max(1.0, right - left), 1) if left is not None else 0.0,
        place(reading.estimate),
        place(limit) if limit is not None else None,
        tone,
    )


def _scale(rows: Row[tuple[Metric, Reading, float | None, str, bool]], metric: Metric) -> float:
    """What lies at the ends of a bar: the same for all metrics that are told in the same unit."""
    largest = 0.0
    for other, reading, limit, _words, _broken in rows:
        if unit_words(other) != unit_words(metric):
            continue
        mean = (abs(reading.a.mean) or 1.0) if other.relative else 1.0
        known = [reading.estimate, limit or 0.0, reading.low or 0.0, reading.high or 0.0]
        largest = max(largest, *(abs(value) / mean for value in known))
    return largest * 1.1 or 1.0


@dataclass(frozen=True)
class Tick:
    at: float
    words: str
    anchor: str = "end"


@dataclass(frozen=True)
class Day:
    """A row of the chart's table."""

    day: date
    units: int
    words: str


@dataclass(frozen=True)
class Chart:
    """The difference by day with its band. Places are in a box of `width` by `height`."""

    width: int
    height: int
    left: float
    right: float
    line: str
    band: str
    zero: float
    ticks: list[Tick]
    days: list[Tick]
    last: tuple[float, float]
    words: list[Tick]
    clear: float | None


def day_rows(now: Standing) -> list[Day]:
    metric, found = now.question.metric, []
    looks = now.facts.looks(now.question.letters)
    for place, day in enumerate(now.facts.days):
        reading = reading_on(now.question, now.facts, now.lead.arm, place)
        found.append(
            Day(date.fromisoformat(day), sum(looks[place]), difference_words(metric, reading))
        )
    return found


def chart(now: Standing, *, narrow: bool = False) -> Chart | None:
    """None before there are two days with a difference."""
    readings = [
        (date.fromisoformat(day), reading_on(now.question, now.facts, now.lead.arm, place))
        for place, day in enumerate(now.facts.days)
    ]
    shown = [(day, one) for day, one in readings if min(one.a.units, one.b.units) >= FEWEST]
    if len(shown) < 2:
        return None
    size = (358, 230, 44.0, 292.0) if narrow else (820, 250, 54.0, 740.0)
    return _drawn(now, shown, *size)


def _drawn(
    now: Standing, shown: list[tuple[date, Reading]], width: int, height: int,
    left: float, right: float,
) -> Chart:  # fmt: skip
    bottom, top = height - 30.0, 14.0
    values = [
        value
        for _day, one in shown
        for value in (one.estimate, one.low, one.high, 0.0)
        if value is not None
    ]
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or 1.0
    low, high = low - room, high + room

    def x(place: int) -> float:
        return round(left + (right - left) * place / (len(shown) - 1), 1)

    def y(value: float) -> float:
        return round(bottom - (bottom - top) * (value - low) / (high - low), 1)

    bounded = [
        (place, one.low, one.high)
        for place, (_day, one) in enumerate(shown)
        if one.low is not None and one.high is not None
    ]
    upper = [f"{x(place)} {y(above)}" for place, _below, above in bounded]
    lower = [f"{x(place)} {y(below)}" for place, below, _above in reversed(bounded)]
    last = shown[-1][1]
    metric, mean = now.question.metric, last.a.mean
    told = [(last.estimate, amount(last.estimate, metric, mean))]
    if last.low is not None and last.high is not None:
        told += [(value, amount(value, metric, mean)) for value in (last.low, last.high)]
    clear = now.clear_since
    return Chart(
        width,
        height,
        left,
        right,
        "M" + " L".join(f"{x(place)} {y(one.estimate)}" for place, (_d, one) in enumerate(shown)),
        "M" + " L".join([*upper, *lower]) + "Z" if len(bounded) > 1 else "",
        y(0.0),
        [
            Tick(y(value), amount(value, metric, mean))
            for value in _steps(low, high)
            if abs(value) > 1e-12
        ],
        _day_ticks([day for day, _one in shown], x),
        (x(len(shown) - 1), y(last.estimate)),
        _apart([Tick(y(value), words, "start") for value, words in told]),
        next((x(place) for place, (day, _one) in enumerate(shown) if day == clear), None),
    )


def _steps(low: float, high: float) -> list[float]:
    """Two to five round numbers between."""
    raw = (high - low) / 4
    if raw <= 0:
        return []
    power = 10.0 ** len(str(int(1 / raw))) if raw < 1 else 1.0
    step = max(round(raw * power) / power, 1 / power)
    first = int(low / step) * step
    return [first + step * n for n in range(8) if low < first + step * n < high]


def _day_ticks(days: list[date], x: Callable[[int], float]) -> list[Tick]:
    """The first, the last, and at most three between."""
    last = len(days) - 1
    between = (2,) if x(last) < 400 else (1, 2, 3)
    places = sorted({0, last, *(round(last * part / 4) for part in between if last >= 8)})
    anchors = {0: "start", last: "end"}
    return [
        Tick(x(place), date_format(days[place], "j M"), anchors.get(place, "middle"))
        for place in places
    ]


def _apart(ticks: list[Tick], room: float = 16.0) -> list[Tick]:
    """Words at the end of the line, not over each other."""
    found: list[Tick] = []
    for tick in sorted(ticks, key=lambda one: one.at):
        at = max(tick.at, found[-1].at + room) if found else tick.at
        found.append(Tick(round(at, 1), tick.words, tick.anchor))
    return found

"""What an experiment says now: figures first, then the one finding that may be told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.experiments.facts import NOTHING, Facts, Sums, sample_of
from apps.experiments.metrics import Guard, Metric
from apps.experiments.sentences import amount, metric_name, unit_words, verdict, wait_words
from apps.experiments.statistics import (
    ALPHA,
    Limit,
    Reading,
    Sample,
    Sequence,
    difference,
    finding,
    is_off,
    limit,
    read,
)

DECIDING = ("better", "worse", "same", "done")
GROUP_REACHED = 0.5  # a group is read as if it had come half its way
RECENT = 7  # days by which the traffic of the days to come is told
NEWS_FIRST = ("better", "worse", "open", "early", "few", "nothing", "done", "same")


@dataclass(frozen=True)
class Question:
    """What an experiment asks, fixed at its start. `planned`: the information of the plan;
    `smallest`: in the metric's own unit; `of_all`: units of the planned sample."""

    arms: list[tuple[str, int, int]]  # letter, version number, percent
    metric: Metric
    guards: list[Guard]
    smallest: float
    planned: float
    of_all: int
    days: int

    @property
    def letters(self) -> list[str]:
        return [arm[0] for arm in self.arms]

    @property
    def sequence(self) -> Sequence:
        """Each further arm is one more chance to be wrong: they share it."""
        return Sequence(self.planned, ALPHA / (len(self.arms) - 1))


@dataclass(frozen=True)
class GuardLine:
    """A guard metric of one arm; `limit`: whether what was allowed is broken."""

    guard: Guard
    arm: str
    reading: Reading
    limit: Limit


@dataclass(frozen=True)
class Said:
    """Of one arm against the first."""

    arm: str
    found: str
    reading: Reading
    guards: list[GuardLine]

    @property
    def broken(self) -> list[GuardLine]:
        return [line for line in self.guards if line.limit == "broken"]


@dataclass(frozen=True)
class Standing:
    """`found`: the finding of the whole; `lead`: the arm that it is about. `ratio_off`: the split
    is not as planned, and there is no verdict."""

    question: Question
    facts: Facts
    arms: list[Said]
    lead: Said
    found: str
    ratio_off: bool
    days: int
    days_left: int | None

    @property
    def decided(self) -> bool:
        return self.found in DECIDING

    @property
    def chance(self) -> int:
        """How likely that version is better, in percent: said, and decides nothing."""
        likely = self.lead.reading.chance
        better = likely if self.question.metric.higher else 1 - likely
        return min(99, max(1, round(100 * better)))

    @property
    def verdict(self) -> str:
        return verdict(self.found, _words(self))

    @property
    def over(self) -> bool:
        return self.days > self.question.days

    @property
    def nobody_inside(self) -> bool:
        """Whether customers came, and the audience left out every one of them."""
        inside = sum(self.facts.units_of(arm) for arm in self.question.letters)
        return bool(self.facts.outside) and not inside

    @property
    def clear_since(self) -> date | None:
        """The first day from which on the interval has kept to one side of 0 until now."""
        if self.found not in ("better", "worse"):
            return None
        since = None
        for place, day in enumerate(self.facts.days):
            reading = reading_on(self.question, self.facts, self.lead.arm, place)
            clear = reading.low is not None and (reading.low > 0 or (reading.high or 0) < 0)
            since = (since or date.fromisoformat(day)) if clear else None
        return since


def standing(question: Question, facts: Facts, today: date, started: date) -> Standing:
    arms = [_said(question, facts, arm) for arm in question.letters[1:]]
    looks = facts.looks(question.letters)
    off = bool(looks) and is_off(looks, [arm[2] for arm in question.arms])
    lead = _lead(arms)
    return Standing(
        question,
        facts,
        arms,
        lead,
        "ratio" if off else lead.found,
        off,
        max(1, (today - started).days + 1),
        _days_left(question, facts),
    )


def reading_on(question: Question, facts: Facts, arm: str, day: int = -1) -> Reading:
    first = facts.sample(question.metric, question.letters[0], day)
    return read(first, facts.sample(question.metric, arm, day), question.sequence)


def group_reading(question: Question, sums: dict[str, Sums], arm: str) -> Reading:
    first, other = (
        sample_of(sums.get(one, NOTHING), question.metric) for one in (question.letters[0], arm)
    )
    known = difference(first, other).information
    return read(first, other, Sequence(known / GROUP_REACHED if known else 1.0))


def _said(question: Question, facts: Facts, arm: str) -> Said:
    reading = reading_on(question, facts, arm)
    found = finding(reading, higher_is_better=question.metric.higher, smallest=question.smallest)
    return Said(arm, found, reading, [_guard(question, facts, arm, one) for one in question.guards])


def _guard(question: Question, facts: Facts, arm: str, guard: Guard) -> GuardLine:
    first, other = (facts.sample(guard.metric, one) for one in (question.letters[0], arm))
    reading = read(first, other, _sequence_of(question, arm, first, other))
    return GuardLine(guard, arm, reading, guard_limit(guard, first, other))


def _sequence_of(question: Question, arm: str, first: Sample, other: Sample) -> Sequence:
    """For another metric than the goal: narrowest at the same planned sample."""
    weights = {letter: weight for letter, _version, weight in question.arms}
    matched = question.of_all / (100 / weights[question.letters[0]] + 100 / weights[arm])
    spread = (first.variance + other.variance) / 2
    return Sequence(matched / spread if spread > 0 and matched else 1.0, question.sequence.alpha)


def guard_limit(guard: Guard, first: Any, other: Any) -> Limit:
    return limit(
        first,
        other,
        higher_is_better=guard.metric.higher,
        worse=guard.worse,
        relative=guard.metric.relative,
    )


def _lead(arms: list[Said]) -> Said:
    """The arm that the verdict is about: the best of those that are better, else the first news."""
    best = [arm for arm in arms if arm.found == "better"]
    if best:
        return max(best, key=lambda arm: abs(arm.reading.estimate))
    return min(arms, key=lambda arm: NEWS_FIRST.index(arm.found))


def _days_left(question: Question, facts: Facts) -> int | None:
    """Until the planned sample, at the pace of the last days."""
    looks = facts.looks(question.letters)
    if not looks:
        return None
    reading = reading_on(question, facts, question.letters[1])
    before = sum(looks[-1 - RECENT]) if len(looks) > RECENT else 0
    pace = (sum(looks[-1]) - before) / min(RECENT, len(looks))
    if pace <= 0 or reading.reached <= 0:
        return None
    missing = sum(looks[-1]) * (1 / reading.reached - 1)
    return max(0, -int(-missing // pace))


def _words(now: Standing) -> dict[str, Any]:
    question, reading = now.question, now.lead.reading
    metric, mean = question.metric, reading.a.mean

    def said(value: float | None) -> str:
        return amount(value, metric, mean) if value is not None else ""

    return {
        "arm": now.lead.arm.upper(),
        "metric": metric_name(metric),
        "estimate": said(reading.estimate),
        "low": said(reading.low),
        "high": said(reading.high),
        "unit": unit_words(metric) or _("on its scale"),
        "smallest": amount(question.smallest, metric, mean, signed=False),
        "reached": round(100 * min(1.0, reading.reached)),
        "wait": wait_words(now.days_left),
    }

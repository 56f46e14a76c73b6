"""What one metric says about one arm against the first, in figures and in one of few findings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from apps.experiments.statistics.guard import is_harmful
from apps.experiments.statistics.planning import FEWEST
from apps.experiments.statistics.samples import Sample, difference
from apps.experiments.statistics.sequence import FIRST_LOOK, Sequence

Finding = Literal["nothing", "few", "early", "better", "worse", "same", "done", "open"]
Limit = Literal["broken", "kept", "open"]


@dataclass(frozen=True)
class Reading:
    """`estimate`: B less A; `low`, `high`: its interval, None before the first look; `chance`: how
    likely B is higher; `reached`: the part of the planned information that is there."""

    a: Sample
    b: Sample
    estimate: float
    low: float | None
    high: float | None
    chance: float
    reached: float


def read(a: Sample, b: Sample, sequence: Sequence) -> Reading:
    found = difference(a, b)
    half = float(sequence.width(found.information))
    bounded = math.isfinite(half) and found.information > 0
    return Reading(
        a,
        b,
        found.estimate,
        found.estimate - half if bounded else None,
        found.estimate + half if bounded else None,
        sequence.chance(found.estimate, found.information),
        found.information / sequence.planned,
    )


def finding(reading: Reading, *, higher_is_better: bool, smallest: float) -> Finding:
    """`smallest`: the smallest effect of interest, in the metric's own unit."""
    fewest = min(reading.a.units, reading.b.units)
    if fewest == 0:
        return "nothing"
    if fewest < FEWEST:
        return "few"
    if reading.low is None or reading.high is None or reading.reached < FIRST_LOOK * (1 - 1e-9):
        return "early"
    low, high = reading.low, reading.high
    if low > 0 or high < 0:
        return "better" if (low > 0) == higher_is_better else "worse"
    if -smallest < low and high < smallest:
        return "same"
    return "done" if reading.reached >= 1 else "open"


def limit(a: Sample, b: Sample, *, higher_is_better: bool, worse: float, relative: bool) -> Limit:
    """Whether B is worse than A by more than the allowed `worse` (a part of A's mean where
    `relative`): for certain, certainly not, or not clear yet."""
    sign = -1 if higher_is_better else 1
    times = 1 + sign * worse if relative else 1.0
    allowed = 0.0 if relative else worse
    found = difference(a, b, times)
    excess = sign * found.estimate - allowed
    if is_harmful(excess, found.information, a.units, b.units):
        return "broken"
    if is_harmful(-excess, found.information, a.units, b.units):
        return "kept"
    return "open"

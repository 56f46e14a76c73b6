"""How many units an experiment needs to see an effect, and how long that takes. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence as Row
from dataclasses import dataclass

from apps.experiments.statistics.sequence import ALPHA, NORMAL, Sequence

POWER = 0.8
BEFORE_THE_END = 0.62  # standard errors won by the looks before the last (by simulation)
FEWEST = 100  # units of each arm before any verdict


def planned_information(effect: float, alpha: float = ALPHA) -> float:
    """The information with which the smallest effect of interest is seen 4 times out of 5, looked
    at daily."""
    reach = float(Sequence(1.0, alpha).width(1.0)) + BEFORE_THE_END
    return (reach / effect) ** 2


def fixed_information(effect: float, alpha: float = ALPHA) -> float:
    """The same for a test with one single look at the end: less, and no look before."""
    return ((NORMAL.inv_cdf(1 - alpha / 2) + NORMAL.inv_cdf(POWER)) / effect) ** 2


@dataclass(frozen=True)
class Plan:
    """`units`: of all arms together; `days` None where nobody can tell."""

    units: int
    units_of_one_look: int
    days: int | None


def plan(
    effect: float,
    variance: float,
    shares: Row[float],
    units_a_day: float | None,
    alpha: float = ALPHA,
) -> Plan:
    """`shares` in percent, the first arm's first; the smallest other arm decides."""
    spread = variance * (100 / shares[0] + 100 / min(shares[1:]))
    fewest = math.ceil(FEWEST * 100 / min(shares))
    units = max(fewest, math.ceil(planned_information(effect, alpha) * spread))
    once = max(fewest, math.ceil(fixed_information(effect, alpha) * spread))
    days = math.ceil(units / units_a_day) if units_a_day else None
    return Plan(units, once, days)

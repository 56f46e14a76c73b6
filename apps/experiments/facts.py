"""From what each unit said on each day to what each arm had at the end of each day. Pure.

`Facts` is plain enough to be kept as JSON when an experiment ends: its calls are not kept for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import accumulate
from typing import Any

from apps.experiments.metrics import Metric
from apps.experiments.statistics import Sample, sample

Sums = tuple[int, float, float]  # units, the sum of their means, the sum of squares of these
NOTHING: Sums = (0, 0.0, 0.0)


@dataclass
class Facts:
    """`days`: ISO dates; `units`: arm → how many by the end of each day. `metrics`: key → arm →
    sums at the end of each day. `groups`: (words, arm → sums of the goal), at the end alone."""

    days: list[str] = field(default_factory=list)
    units: dict[str, list[int]] = field(default_factory=dict)
    metrics: dict[str, dict[str, list[Sums]]] = field(default_factory=dict)
    groups: list[tuple[str, dict[str, Sums]]] = field(default_factory=list)
    mixed: int = 0
    without_unit: int = 0
    outside: int = 0  # units that came and were never in the audience

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Facts:
        return cls(**stored)

    def units_of(self, arm: str) -> int:
        found = self.units.get(arm, [])
        return found[-1] if found else 0

    def sample(self, metric: Metric, arm: str, day: int = -1) -> Sample:
        rows = self.metrics.get(metric.key, {}).get(arm, [])
        return sample_of(rows[day] if rows else NOTHING, metric)

    def looks(self, arms: Sequence[str]) -> list[list[int]]:
        """The units of each arm by the end of each day."""
        rows = [self.units.get(arm, [0] * len(self.days)) for arm in arms]
        return [list(row) for row in zip(*rows, strict=True)]


def sample_of(sums: Sequence[float], metric: Metric) -> Sample:
    units, total, squares = sums
    return sample(int(units), total, squares, metric.bounds)


def units_by_day(
    rows: Iterable[tuple[str, date, int, int]], days: Sequence[date]
) -> dict[str, list[int]]:
    """Arm → how many units by the end of each day. `rows`: arm, first day, units, mixed."""
    found: dict[str, dict[date, int]] = {}
    for arm, day, units, _mixed in rows:
        found.setdefault(arm, {})[day] = units
    return {arm: list(accumulate(news.get(day, 0) for day in days)) for arm, news in found.items()}


def sums_by_day(
    rows: Sequence[tuple[int, str, date, int, float]], days: Sequence[date]
) -> dict[str, list[Sums]]:
    """Arm → sums over units at the end of each day; a unit's value is the mean of all its values
    so far. `rows`: unit, arm, day, values, their sum."""
    import numpy as np  # here: a server that shows no experiment does without

    if not rows:
        return {}
    arms = sorted({row[1] for row in rows})
    number = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
    place = {day: at for at, day in enumerate(days)}
    at_day = np.fromiter((place.get(row[2], -1) for row in rows), dtype=np.int64, count=len(rows))
    arm = np.fromiter((arms.index(row[1]) for row in rows), dtype=np.int64, count=len(rows))
    values = np.fromiter((row[3] for row in rows), dtype=float, count=len(rows))
    total = np.fromiter((row[4] for row in rows), dtype=float, count=len(rows))
    size = int(number.max()) + 1
    sums, counts, arm_of = np.zeros(size), np.zeros(size), np.full(size, -1)
    arm_of[number] = arm
    found: dict[str, list[Sums]] = {name: [] for name in arms}
    for day in range(len(days)):
        now = at_day == day
        np.add.at(sums, number[now], total[now])
        np.add.at(counts, number[now], values[now])
        for index, name in enumerate(arms):
            found[name].append(_sums(sums, counts, (arm_of == index) & (counts > 0)))
    return found


def _sums(sums: Any, counts: Any, mine: Any) -> Sums:
    means = sums[mine] / counts[mine]
    return int(mine.sum()), float(means.sum()), float((means**2).sum())

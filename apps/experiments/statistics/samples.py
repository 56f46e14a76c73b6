"""What is known of one arm: how many units, their mean, their variance. Pure.

A unit (a customer, a conversation) counts once, with the mean of its calls: its calls are not
independent of each other. A value that lies between two bounds (a share, a yes or no) has one more
observation at each bound in its variance alone, so that an arm without a single failure is not
taken for certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    units: int
    mean: float
    variance: float

    @property
    def of_mean(self) -> float:
        """The squared standard error of the mean."""
        return self.variance / self.units if self.units else math.inf


def sample(
    units: int, total: float, squares: float, bounds: tuple[float, float] | None = None
) -> Sample:
    """From how many units there are, the sum of their values and the sum of the squares."""
    if units == 0:
        return Sample(0, 0.0, 0.0)
    mean = total / units
    if bounds:
        low, high = bounds
        units_more, more = units + 2, total + low + high
        wide = squares + low**2 + high**2 - more**2 / units_more
        return Sample(units, mean, max(0.0, wide / units_more))
    spread = max(0.0, squares - total * mean)
    return Sample(units, mean, spread / (units - 1) if units > 1 else 0.0)


@dataclass(frozen=True)
class Difference:
    """How much higher B is than A. `information`: 1 / squared standard error; 0: nothing known."""

    estimate: float
    information: float


def difference(a: Sample, b: Sample, times: float = 1.0) -> Difference:
    """B less `times` A. With 1.15 for times it is above 0 where B is more than 15 % higher."""
    error = a.of_mean * times**2 + b.of_mean
    known = a.units > 1 and b.units > 1 and error > 0
    return Difference(b.mean - times * a.mean, 1 / error if known else 0.0)

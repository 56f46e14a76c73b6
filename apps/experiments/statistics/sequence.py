"""A confidence sequence: an interval that holds at every look at once, so that one may look daily.

The boundary is Robbins' normal mixture for a process that behaves as Brownian motion in its
information I = 1 / (squared standard error): H. Robbins, "Statistical methods related to the law of
the iterated logarithm" (1970); for means of any data with an estimated variance: Waudby-Smith,
Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and asymptotic confidence
sequences" (2021); for A/B tests: Johari, Koomen, Pekelis, Walsh, "Always valid inference" (2015).

With the prior N(0, 1 / t) on the effect, the mixture at information I is

    M(I) = sqrt(t / (I + t)) * exp(Z**2 / (2 * (I + t))),    Z = estimate * I.

Nothing is said before a third of the planned information (`FIRST_LOOK`). From there on M is a
martingale, so the chance that it ever reaches a level c is P(M(first) >= c) + E[M(first); M(first)
< c] / c: the level is the one for which that is alpha, a little below 1 / alpha. The interval is
made of the effects whose mixture lies below it. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

ALPHA = 0.05
FIRST_LOOK = 1 / 3  # of the planned information: no verdict before
PRIOR = 0.03  # t, as a part of the planned information: tuned at the planned sample
NORMAL = NormalDist()


@dataclass(frozen=True)
class Sequence:
    """Intervals for one difference. `planned`: the information that the plan reaches."""

    planned: float
    alpha: float = ALPHA

    def width(self, information: Numbers | float) -> Numbers:
        """Half of the interval's width at this information; infinite before the first look."""
        import numpy as np  # see guard.py

        seen = np.maximum(np.asarray(information, dtype=float), 1e-300)
        before = seen < self.planned * FIRST_LOOK * (1 - 1e-9)
        prior = self.planned * PRIOR
        spread = 2 * (seen + prior) * np.log(level(self.alpha) * np.sqrt((seen + prior) / prior))
        return np.where(before, np.inf, np.sqrt(spread) / seen)

    def chance(self, estimate: float, information: float) -> float:
        """How likely the effect is above 0, under the prior that the mixture is made of."""
        return NORMAL.cdf(estimate * information / math.sqrt(information + self.prior))

    @property
    def prior(self) -> float:
        return self.planned * PRIOR


@lru_cache(maxsize=64)
def level(alpha: float) -> float:
    """What the mixture reaches with chance alpha, ever, from the first look on."""
    from scipy.optimize import brentq

    return float(brentq(lambda reached: _ever(reached) - alpha, 1.0001, 1 / alpha + 1))


def _ever(reached: float) -> float:
    """The chance that a mixture ever reaches this, from the first look on, when nothing differs."""
    start = math.sqrt((FIRST_LOOK + PRIOR) / PRIOR)
    far = math.sqrt(max(0.0, 2 * (FIRST_LOOK + PRIOR) * math.log(reached * start)))
    at_once = 2 * beyond(far / math.sqrt(FIRST_LOOK))
    under_prior = math.sqrt(FIRST_LOOK + FIRST_LOOK**2 / PRIOR)
    later = (1 - 2 * beyond(far / under_prior)) / reached
    return at_once + later


def beyond(z: float) -> float:
    """The chance that a standard normal value is larger than z, precise far out as well."""
    return math.erfc(z / math.sqrt(2)) / 2

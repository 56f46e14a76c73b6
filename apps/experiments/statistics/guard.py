"""A guard: whether the new version is worse than it may be, watched after every call. Pure.

One-sided, at every look at once: the normal mixture over positive effects of the asymptotic
confidence sequences of Waudby-Smith and others (2021), with its narrowest place at `TUNED` units.
Its false alarms are at most `GUARD_ALPHA` over all looks together.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Numbers = npt.NDArray[np.float64]

GUARD_ALPHA = 0.01
FEWEST = 50  # units of the new version before a guard says anything
TUNED = 100.0


def boundary(units: Numbers | float) -> Numbers:
    """How many standard errors above what is allowed are too many, with this many units."""
    import numpy as np  # here: a server that shows no experiment has 70 MB more without it

    seen = np.maximum(np.asarray(units, dtype=float), 1e-9)
    mixed = np.log1p(np.sqrt((seen + TUNED) / TUNED) / (2 * GUARD_ALPHA))
    return np.asarray(np.sqrt(2 * (1 + TUNED / seen) * mixed), dtype=float)


def matched(before: Numbers | float, after: Numbers | float) -> Numbers:
    """Of how many units in each arm of an endless other one the two say as much."""
    import numpy as np

    one, other = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return np.asarray(one * other / np.maximum(one + other, 1e-9), dtype=float)


def is_harmful(excess: float, information: float, before: int, after: int) -> bool:
    """Whether `excess`, what the new version is worse by beyond the allowed, is no chance."""
    if min(before, after) < FEWEST or information <= 0:
        return False
    return excess * math.sqrt(information) >= float(boundary(float(matched(before, after))))

"""Whether the arms have the shares of units that were planned. Pure.

The Bayes factor of the counts under a Dirichlet distribution around the planned shares against the
planned shares themselves: a martingale when the split is as planned, so it reaches 1 / alpha ever
with a chance of at most alpha, however often one looks (Lindon, Malek, "Anytime-valid inference for
multinomial count data", 2020). With 0.01 it cries wolf in at most one of a hundred experiments.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RATIO_ALPHA = 0.01
CLOSENESS = 200  # how many units of prior belief lie in the planned shares


def evidence(counts: npt.ArrayLike, shares: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The logarithm of the Bayes factor against the planned shares; the last axis is the arms.
    Arms without a share are left out by the caller."""
    import numpy as np  # see guard.py
    from scipy.special import gammaln

    seen = np.asarray(counts, dtype=float)
    planned = np.asarray(shares, dtype=float)
    planned = planned / planned.sum()
    prior = planned * CLOSENESS
    units = seen.sum(axis=-1)
    mixed = (gammaln(prior + seen) - gammaln(prior)).sum(axis=-1)
    mixed += gammaln(CLOSENESS) - gammaln(CLOSENESS + units)
    return np.asarray(mixed - (seen * np.log(planned)).sum(axis=-1), dtype=float)


def is_off(looks: npt.ArrayLike, shares: npt.ArrayLike) -> bool:
    """Whether any look so far (a row each: units so far by arm) shows another split."""
    found = evidence(looks, shares)
    return bool(found.size and found.max() >= math.log(1 / RATIO_ALPHA))

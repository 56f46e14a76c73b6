"""95 % intervals of a mean difference between pairs. Pure.

Pass and fail: the score interval of Tango (1998) for paired shares, which holds what it says even
where few pairs differ. Graded scores: the bias-corrected and accelerated bootstrap (Efron 1987) of
the differences and one imagined pair of opposite ones, without which an interval of few different
pairs is too narrow (the idea of Agresti and Coull's added counts). `make bench
FIGURES=interval_coverage` measures how often they hold the truth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

Z = 1.959963984540054
RESAMPLES = 2000
MANY = 2000  # pairs from which on the mean is normal enough without a bootstrap
SEED = 20
TINY = 1e-12


def difference_interval(differences: Sequence[float]) -> tuple[float, float] | None:
    """(low, high); None for fewer than two pairs."""
    if len(differences) < 2:
        return None
    if all(abs(d) < TINY or abs(abs(d) - 1) < TINY for d in differences):
        more, less = (sum(d * sign > 0.5 for d in differences) for sign in (1, -1))
        return tango(more, less, len(differences))
    return bootstrap(differences)


def tango(more: int, less: int, n: int) -> tuple[float, float]:
    """Of the difference of two paired shares: `more` pairs went up, `less` went down, of `n`."""

    def score(at: float) -> float:
        middle = -more - less + (2 * n - more + less) * at
        root = math.sqrt(max(0.0, middle**2 + 8 * n * less * at * (1 - at)))
        down = (root - middle) / (4 * n)
        variance = n * (2 * down + at * (1 - at))
        above = more - less - n * at
        if variance < TINY:
            return 0.0 if abs(above) < TINY else math.copysign(math.inf, above)
        return above / math.sqrt(variance)

    seen = (more - less) / n
    low = _crossing(lambda at: score(at) > Z, -1.0, seen)
    return low, _crossing(lambda at: score(at) > -Z, seen, 1.0)


def _crossing(before: Callable[[float], bool], low: float, high: float) -> float:
    """Where `before` stops holding, between a place where it does and one where it does not."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if before(middle) else (low, middle)
    return (low + high) / 2


def bootstrap(differences: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    given = np.asarray(differences, dtype=float)
    apart = given[np.abs(given) > TINY]
    step = math.sqrt(float((apart**2).mean())) if len(apart) else 0.0
    imagined = np.concatenate([given, [step, -step]])
    low, high = _normal(imagined) if len(given) >= MANY else _accelerated(imagined)
    seen = float(given.mean())
    return max(-1.0, min(low, seen)), min(1.0, max(high, seen))


def _normal(given: Any) -> tuple[float, float]:
    half = Z * float(given.std(ddof=1)) / math.sqrt(len(given))
    return float(given.mean()) - half, float(given.mean()) + half


def _accelerated(given: Any) -> tuple[float, float]:
    import numpy as np
    from scipy.stats import norm, t

    n, mean = len(given), given.mean()
    spread = float(((given - mean) ** 2).sum())
    if spread < TINY:
        return float(mean), float(mean)
    draw = np.random.default_rng(SEED)
    means = given[draw.integers(0, n, (RESAMPLES, n))].mean(axis=1)
    below = ((means < mean).sum() + 0.5 * (means == mean).sum()) / RESAMPLES
    bias = norm.ppf(min(max(below, 1e-4), 1 - 1e-4))
    pull = float(((given - mean) ** 3).sum()) / (6 * spread**1.5)
    tail = norm.cdf(-math.sqrt(n / (n - 1)) * t.ppf(0.975, n - 1))
    ends = [bias + norm.ppf(share) for share in (tail, 1 - tail)]
    shares = [norm.cdf(bias + end / (1 - pull * end)) for end in ends]
    low, high = (float(np.quantile(means, share)) for share in shares)
    return low, high


def share_interval(passed: int, n: int) -> tuple[float, float] | None:
    """Of one share: Wilson's interval."""
    if n == 0:
        return None
    share, z2 = passed / n, Z * Z / n
    middle = (share + z2 / 2) / (1 + z2)
    half = Z / (1 + z2) * math.sqrt(share * (1 - share) / n + z2 / (4 * n))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return (0.0 if passed == 0 else low), (1.0 if passed == n else high)

"""How often the 95 % intervals of a comparison of two runs hold the truth, on simulated pairs."""

import os

from apps.evaluations.statistics import difference_interval
from bench.run import SEED, Measured, figure
from tests.evaluations.simulated import held, truths

TIMES = int(os.environ.get("GALLEY_INTERVAL_TIMES", "2000"))


@figure("interval_coverage")
def interval_coverage() -> Measured:
    """n: simulated pairs of runs of each kind; the share of intervals that hold the true
    difference, over all kinds. Every kind by itself must be within 93 and 97 %."""
    shares = {
        truth.name: held(truth, difference_interval, TIMES, SEED) / TIMES for truth in truths()
    }
    words = "; ".join(f"{name}: {share:.1%}" for name, share in shares.items())
    outside = [name for name, share in shares.items() if not 0.93 <= share <= 0.97]
    if outside:
        raise AssertionError(f"outside of 93 to 97 %: {words}")
    mean = sum(shares.values()) / len(shares)
    return Measured(round(mean, 4), "share", TIMES, words)

"""Simulated experiments, looked at daily: shares, long-tailed values such as latency, scores."""

from __future__ import annotations

import numpy as np

from apps.experiments.statistics.guard import FEWEST, boundary, matched
from apps.experiments.statistics.ratio import RATIO_ALPHA, evidence
from apps.experiments.statistics.sequence import Sequence

DAYS = 30
A_DAY = 100  # units of each arm
SHARE = 0.3
KINDS = ("share", "latency", "score")
FIXED = 2.8015852  # standard errors that a single test at the end sees 4 times out of 5


def effect(kind: str, times: float = 1.0) -> float:
    """What a fixed test of the whole planned sample sees with a power of 0.80."""
    return times * FIXED * np.sqrt(2 * variance(kind) / (DAYS * A_DAY))


def variance(kind: str) -> float:
    return {"share": SHARE * (1 - SHARE), "latency": (np.e - 1) * np.e, "score": 1.0}[kind]


def looks(dice, kind: str, runs: int, shift: float):
    """(estimate, information) of B less A at the end of each day, a row a run."""
    one, other = _daily(dice, kind, runs, -shift / 2), _daily(dice, kind, runs, shift / 2)
    days = np.arange(1, DAYS + 1) * A_DAY
    error = sum(_of_mean(total, squares, days, kind) for total, squares in (one, other))
    return (other[0] - one[0]) / days, 1 / error


def _daily(dice, kind, runs, shift):
    """Sums and sums of squares so far, day by day."""
    if kind == "share":
        total = dice.binomial(A_DAY, SHARE + shift, (runs, DAYS)).cumsum(axis=1).astype(float)
        return total, total
    shape = (runs, DAYS, A_DAY)
    one = dice.standard_normal(shape, dtype=np.float32)
    one = np.exp(one, out=one) if kind == "latency" else one
    one += shift
    total = one.sum(axis=2, dtype=float)
    squares = np.einsum("rdu,rdu->rd", one, one, dtype=float)
    return total.cumsum(axis=1), squares.cumsum(axis=1)


def _of_mean(total, squares, days, kind):
    if kind == "share":
        share = (total + 1) / (days + 2)
        return share * (1 - share) / days
    return (squares - total**2 / days) / (days - 1) / days


def planned(kind: str) -> Sequence:
    return Sequence(DAYS * A_DAY / (2 * variance(kind)))


def ever_decided(dice, kind: str, runs: int, shift: float = 0.0) -> int:
    """In how many runs any daily look had an interval without 0."""
    return _in_chunks(dice, kind, runs, shift, planned(kind).width)


def naively_decided(dice, kind: str, runs: int) -> int:
    """The control: a 95 % interval for one single look, looked at daily."""
    return _in_chunks(dice, kind, runs, 0.0, lambda information: 1.96 / np.sqrt(information))


def fixed_decided(dice, kind: str, runs: int, shift: float) -> int:
    """How many a single look at the end of the plan decides."""
    estimate, information = looks(dice, kind, runs, shift)
    return int((np.abs(estimate[:, -1]) * np.sqrt(information[:, -1]) > 1.96).sum())


def _in_chunks(dice, kind, runs, shift, width) -> int:
    found = 0
    for begin in range(0, runs, 250):
        estimate, information = looks(dice, kind, min(250, runs - begin), shift)
        found += int((np.abs(estimate) > width(information)).any(axis=1).sum())
    return found


def ratio_alarms(dice, runs: int, planned_shares, true_shares, a_day: int = 200) -> int:
    """In how many of the runs any daily look of the split raised the alarm."""
    counts = dice.multinomial(a_day, true_shares, (runs, DAYS)).cumsum(axis=1)
    return int((evidence(counts, planned_shares) >= np.log(1 / RATIO_ALPHA)).any(axis=1).sum())


def naive_ratio_alarms(dice, runs: int) -> int:
    """The control: a chi-square test at 1 %, looked at daily."""
    counts = dice.multinomial(200, (0.5, 0.5), (runs, DAYS)).cumsum(axis=1)
    half = counts.sum(axis=2, keepdims=True) / 2
    return int((((counts - half) ** 2 / half).sum(axis=2) > 6.635).any(axis=1).sum())


def guard_alarms(dice, runs: int, before: float, after: float, *, calls: int, share: float) -> int:
    """In how many rollouts the guard of the error share spoke up at one of the new version's first
    `calls` calls. `share` of the traffic is the new version's; nothing worse is allowed."""
    new = np.arange(1, calls + 1)
    old = np.rint(new * (1 - share) / share)
    steps = np.diff(old, prepend=0).astype(int)
    found = 0
    for begin in range(0, runs, 2000):
        many = min(2000, runs - begin)
        ours = dice.binomial(1, after, (many, calls)).cumsum(axis=1)
        theirs = dice.binomial(steps, before, (many, calls)).cumsum(axis=1)
        error = _of_mean(ours, None, new, "share") + _of_mean(theirs, None, old, "share")
        excess = (ours / new - theirs / old) / np.sqrt(error)
        spoke = (excess >= boundary(matched(old, new))) & (np.minimum(old, new) >= FEWEST)
        found += int(spoke.any(axis=1).sum())
    return found

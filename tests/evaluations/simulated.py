"""Pairs of runs whose true difference is known, for the tests and the bench of intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Draw = Callable[[Any], list[float]]


@dataclass(frozen=True)
class Truth:
    name: str
    draw: Draw
    difference: float


def passing(n: int, fixed: float, broken: float) -> Truth:
    """Pass and fail: each case is fixed or broken with these chances."""

    def draw(random: Any) -> list[float]:
        chances = [fixed, broken, 1 - fixed - broken]
        return list(random.choice([1.0, -1.0, 0.0], size=n, p=chances))

    return Truth(f"{n} cases, {fixed:.0%} fixed, {broken:.0%} broken", draw, fixed - broken)


def graded(n: int, equal: float, shift: float) -> Truth:
    """Scores between 0 and 1; of some cases the answer, and so the score, stays equal."""

    def differences(random: Any, many: int) -> Any:
        before = random.beta(5, 2, many)
        after = np.clip(before + random.normal(shift, 0.15, many), 0, 1)
        return np.where(random.random(many) < equal, 0.0, after - before)

    def draw(random: Any) -> list[float]:
        return [float(d) for d in differences(random, n)]

    true = float(differences(np.random.default_rng(1), 2_000_000).mean())
    return Truth(f"{n} graded cases, {equal:.0%} equal", draw, true)


def truths() -> list[Truth]:
    return [
        passing(30, 0.3, 0.2),
        passing(50, 0.1, 0.05),
        passing(120, 0.05, 0.02),
        passing(500, 0.03, 0.03),
        graded(20, 0.0, 0.05),
        graded(30, 0.5, 0.05),
        graded(120, 0.3, 0.02),
    ]


def held(truth: Truth, interval: Callable[[list[float]], Any], times: int, seed: int) -> int:
    """How many of the intervals of `times` simulated pairs of runs hold the true difference."""
    random = np.random.default_rng(seed)
    count = 0
    for _ in range(times):
        low, high = interval(truth.draw(random))
        count += bool(low - 1e-9 <= truth.difference <= high + 1e-9)
    return count

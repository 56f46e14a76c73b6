"""Two runs on the same cases. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from apps.evaluations.statistics.intervals import difference_interval

Code = Literal["nothing", "equal", "few", "undecided", "better", "worse"]
FEW = 20  # cases below which nothing is said in general
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Comparison:
    """`difference` is after minus before, of the mean; `could_not_run` cases are left out of it.

    `low` and `high` bound it with 95 % confidence; None where there is nothing to bound.
    """

    n: int
    before: float | None
    after: float | None
    difference: float | None
    low: float | None
    high: float | None
    fixed: int
    newly_failing: int
    both_pass: int
    both_fail: int
    could_not_run: int
    mcnemar_p: float | None
    sentence_code: Code


def compare(
    before: Sequence[float | bool | None],
    after: Sequence[float | bool | None],
    *,
    passes_from: float = 1.0,
) -> Comparison:
    """Case by case, in the same order; None is a case that could not run.

    1 and 0 (pass and fail) or scores between; a case passes from `passes_from` on.
    """
    if len(before) != len(after):
        raise ValueError("both runs must have the same cases")
    pairs = [(float(a), float(b)) for a, b in zip(before, after, strict=True)
             if a is not None and b is not None]  # fmt: skip
    passed = [(a >= passes_from - 1e-9, b >= passes_from - 1e-9) for a, b in pairs]
    fixed, newly = passed.count((False, True)), passed.count((True, False))
    differences = [b - a for a, b in pairs]
    bounds = difference_interval(differences)
    p = mcnemar(fixed, newly) if pairs else None
    return Comparison(
        n=len(pairs),
        before=_mean([a for a, _ in pairs]),
        after=_mean([b for _, b in pairs]),
        difference=_mean(differences),
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        fixed=fixed,
        newly_failing=newly,
        both_pass=passed.count((True, True)),
        both_fail=passed.count((False, False)),
        could_not_run=len(before) - len(pairs),
        mcnemar_p=p,
        sentence_code=_code(differences, bounds, p),
    )


def mcnemar(fixed: int, newly_failing: int) -> float:
    """The exact two-sided test: how likely so uneven a split is if neither version is better."""
    from scipy.stats import binomtest

    both = fixed + newly_failing
    return float(binomtest(fixed, both, 0.5).pvalue) if both else 1.0


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _code(
    differences: Sequence[float], bounds: tuple[float, float] | None, p: float | None
) -> Code:
    """Better or worse only where the interval and, for pass and fail, the exact test agree."""
    if not differences:
        return "nothing"
    if not any(differences):
        return "equal"
    if len(differences) < FEW or bounds is None:
        return "few"
    graded = any(0 < abs(d) < 1 for d in differences)
    sure = graded or (p is not None and p < SIGNIFICANT)
    if sure and bounds[0] > 0:
        return "better"
    return "worse" if sure and bounds[1] < 0 else "undecided"

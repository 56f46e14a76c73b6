"""How well labels were told apart. Pure; the figures are those of scikit-learn (tests compare)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from apps.evaluations.statistics.intervals import share_interval


@dataclass(frozen=True)
class LabelFigures:
    """`precision`: of the answers that said it, how many were right; `recall`: of the cases that
    are it, how many were found."""

    label: str
    cases: int
    said: int
    right: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Classification:
    n: int
    right: int
    accuracy: float
    low: float | None
    high: float | None
    macro_f1: float
    labels: tuple[LabelFigures, ...]
    confusion: tuple[tuple[str, str, int], ...]  # (expected, answered, how often), most first


def classification(expected: Sequence[str], answered: Sequence[str]) -> Classification:
    """`answered` "" is an answer that named none of the labels."""
    if len(expected) != len(answered):
        raise ValueError("as many answers as expected labels")
    pairs = Counter(zip(expected, answered, strict=True))
    wanted, said = Counter(expected), Counter(answered)
    labels = tuple(
        _figures(label, wanted[label], said[label], pairs[label, label])
        for label in sorted(set(wanted) | (set(said) - {""}))
    )
    n, right = len(expected), sum(figures.right for figures in labels)
    bounds = share_interval(right, n)
    wrong = [(a, b, many) for (a, b), many in pairs.items() if a != b]
    wrong.sort(key=lambda row: (-row[2], row[0], row[1]))
    return Classification(
        n=n,
        right=right,
        accuracy=right / n if n else 0.0,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        macro_f1=sum(figures.f1 for figures in labels) / len(labels) if labels else 0.0,
        labels=labels,
        confusion=tuple(wrong),
    )


def _figures(label: str, cases: int, said: int, right: int) -> LabelFigures:
    precision = right / said if said else 0.0
    recall = right / cases if cases else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return LabelFigures(label, cases, said, right, precision, recall, f1)


def table(expected: Sequence[str], answered: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """The whole confusion table: labels, and a row an expected label. "" last, if answered."""
    names = sorted((set(expected) | set(answered)) - {""})
    names += [""] if "" in answered or "" in expected else []
    at = {name: place for place, name in enumerate(names)}
    rows = [[0] * len(names) for _ in names]
    for wanted, said in zip(expected, answered, strict=True):
        rows[at[wanted]][at[said]] += 1
    return names, rows

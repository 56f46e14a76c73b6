"""How far people, or a check and people, agree beyond chance. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Literal

Scale = Literal["nominal", "ordinal", "interval"]
FEW = 10  # answers below which a figure is shown and nothing concluded from it
TOO_FEW = "That is too few to tell how far they can be relied on."


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two raters of the same items; None where it is not defined: nothing rated,
    or both always said the same one thing."""
    if len(one) != len(other):
        raise ValueError("both raters must have rated the same items")
    n = len(one)
    if n == 0:
        return None
    seen = sum(a == b for a, b in zip(one, other, strict=True)) / n
    a, b = Counter(one), Counter(other)
    chance = sum(a[value] * b[value] for value in a) / (n * n)
    return None if chance == 1 else (seen - chance) / (1 - chance)


def alpha(ratings: Sequence[Sequence[Hashable | None]], scale: Scale = "nominal") -> float | None:
    """Krippendorff's alpha: a row a rater, a place an item, None where not rated.

    Ordinal and interval need numbers. None where no item was rated twice, or all said the same.
    """
    items = [[value for value in item if value is not None] for item in zip(*ratings, strict=True)]
    units = [Counter(item) for item in items if len(item) > 1]
    totals: Counter[Hashable] = sum(units, Counter())
    n = sum(totals.values())
    if n == 0:
        return None
    apart = _distance(scale, totals)
    seen = sum(_disagreement(unit, apart) / (sum(unit.values()) - 1) for unit in units)
    chance = _disagreement(totals, apart) / (n - 1)
    return None if chance == 0 else 1 - seen / chance


def _disagreement(values: Counter[Hashable], apart: Callable[[Hashable, Hashable], float]) -> float:
    return sum(
        many * other * apart(a, b) for a, many in values.items() for b, other in values.items()
    )


def _distance(scale: Scale, totals: Counter[Hashable]) -> Callable[[Hashable, Hashable], float]:
    """The squared distance of two ratings."""
    if scale == "nominal":
        return lambda a, b: float(a != b)
    if scale == "interval":
        return lambda a, b: float(a - b) ** 2  # type: ignore[operator]  # the caller gives numbers
    order = sorted(totals)  # type: ignore[type-var]  # the caller gives numbers
    ranks: dict[Hashable, float] = {}
    below = 0.0
    for value in order:
        ranks[value] = below + totals[value] / 2
        below += totals[value]
    return lambda a, b: (ranks[a] - ranks[b]) ** 2


def agreement_words(value: float | None) -> str:
    """In words, after Krippendorff's advice for conclusions (0.8) and tentative ones (2/3)."""
    if value is None:
        return "Agreement cannot be told yet: it takes items that two people rated differently."
    if value >= 0.8:
        return f"They agree well ({value:.2f}): these ratings can be relied on."
    if value >= 2 / 3:
        return f"They agree fairly ({value:.2f}): good for first conclusions only."
    if value > 0:
        return f"They agree too little ({value:.2f}): say what is good, and rate again."
    return f"They agree no more than by chance ({value:.2f}): do not rely on these ratings."


def agreement_sentence(
    who: Sequence[str], n: int, same: int, of_two: float | None, of_all: float | None
) -> str:
    """Plain words with the figures behind them. `n`: answers that at least two people rated;
    `of_two`: kappa, where there are just two raters; `of_all`: alpha."""
    if n == 0:
        return "No answer has been rated by two people yet, so agreement cannot be told."
    people = f"{who[0]} and {who[1]}" if len(who) == 2 else f"{len(who)} people"
    answers = "answer" if n == 1 else "answers"
    words = f"{people} say the same of {same} of {n} {answers}."
    value = of_two if of_two is not None else of_all
    if value is None and same == n:
        return f"{words} All ratings are equal, so nothing shows what is more than chance."
    said = agreement_words(value) if n >= FEW else TOO_FEW
    figures = [f"n = {n}"]
    if of_two is not None:
        figures.append(f"Cohen's kappa {of_two:.2f}")
    if of_all is not None:
        figures.append(f"Krippendorff's alpha {of_all:.2f}")
    return f"{words} {said} ({', '.join(figures)}.)"


def trust_sentence(n: int, same: int, value: float | None) -> str:
    """What a check and people say of the same answers; `value`: kappa."""
    if n == 0:
        return (
            "People have rated none of these answers, so nothing shows whether the check is right."
        )
    answers = "rated answer" if n == 1 else "rated answers"
    words = f"The check and people say the same of {same} of {n} {answers} ({same / n:.0%})."
    if value is None:
        return f"{words} All of them are alike, so nothing shows what is more than chance."
    said = _trust_words(value) if n >= FEW else "That is too few to tell whether to trust it."
    return f"{words} {said} (Cohen's kappa {value:.2f}, n = {n}.)"


def _trust_words(value: float) -> str:
    if value >= 0.8:
        return "It can stand for a further person."
    if value >= 2 / 3:
        return "It finds most of what people find; read where they differ."
    if value > 0:
        return "It differs from people too often: read where, then change it."
    return "It agrees no more than by chance: do not rely on it."

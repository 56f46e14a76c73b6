"""How far the people who rated answers of a run agree, and which of two answers they prefer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.evaluations.models import Run
from apps.evaluations.queries.disputes import Asked, Item, asked_of
from apps.evaluations.states import Preference
from apps.evaluations.statistics import agreement_sentence, alpha, kappa, mcnemar
from apps.evaluations.yardsticks import SideBySide


@dataclass(frozen=True)
class Agreement:
    """`n`: items that at least two people rated. `outcome`: which of two is preferred."""

    asked: Asked
    n: int
    same: int
    kappa: float | None
    alpha: float | None
    sentence: str
    outcome: str = ""


def agreements_of(run: Run, document: Mapping[str, Any]) -> list[Agreement]:
    return [agreement_of(asked) for asked in asked_of(run, document)]


def agreement_of(asked: Asked) -> Agreement:
    shared = [item for item in asked.items if len(item.opinions) > 1]
    names = {one.person_id: one.person for item in shared for one in item.opinions}
    rows = [[_said(item, person) for item in shared] for person in names]
    scale = "ordinal" if asked.question.is_graded else "nominal"
    of_all = alpha(rows, scale)  # type: ignore[arg-type]  # one of the two scales
    of_two = kappa(rows[0], rows[1]) if len(rows) == 2 else None
    same = sum(len(set(map(str, item.values))) == 1 for item in shared)
    words = agreement_sentence(list(names.values()), len(shared), same, of_two, of_all)
    question = asked.question
    outcome = outcome_words(asked, question) if isinstance(question, SideBySide) else ""
    return Agreement(asked, len(shared), same, of_two, of_all, words, outcome)


def outcome_words(asked: Asked, question: SideBySide) -> str:
    """By pair: what was decided, else what most of its raters say."""
    counts = Counter(_settled(item) for item in asked.items)
    first, second = counts[Preference.FIRST], counts[Preference.SECOND]
    pairs = "pair" if len(asked.items) == 1 else "pairs"
    words = (
        f"Of {len(asked.items)} {pairs}, {question.first} is preferred in {first}, "
        f"{question.second} in {second}."
    )
    rest = [(Preference.SAME, "the same"), (Preference.BOTH_BAD, "both bad"), (None, "open")]
    more = [f"{counts[code]} {label}" for code, label in rest if counts[code]]
    words += f" {', '.join(more).capitalize()}." if more else ""
    if first + second == 0:
        return words
    p = mcnemar(first, second)
    if p < 0.05:
        return f"{words} That is more than chance would do (p = {p:.3f})."
    return f"{words} Chance alone could do that (p = {p:.2f})."


def _settled(item: Item) -> Any:
    if item.decision is not None:
        return item.decision.value
    [(value, most), *others] = Counter(item.values).most_common()
    return None if others and others[0][1] == most else value


def _said(item: Item, person: int) -> Hashable | None:
    return next((one.value for one in item.opinions if one.person_id == person), None)

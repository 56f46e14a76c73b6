"""What several people said of the same answers, where they disagree, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.evaluations.models import Rating, RatingDecision, RatingTask, Result, Run
from apps.evaluations.queries.grids import case_name, columns_of
from apps.evaluations.states import RatingTaskState, RatingWay
from apps.evaluations.yardsticks import WHOLE, Question, SideBySide, yardstick, yardsticks


@dataclass(frozen=True)
class Opinion:
    person_id: int
    person: str
    value: Any
    word: str
    note: str = ""


@dataclass
class Item:
    """One answer, or two side by side, and what each person said of it."""

    question: Question
    result_id: int
    other_id: int | None
    place: int
    name: str
    opinions: list[Opinion] = field(default_factory=list)
    decision: RatingDecision | None = None

    @property
    def values(self) -> list[Any]:
        return [opinion.value for opinion in self.opinions]

    @property
    def is_apart(self) -> bool:
        return len(self.opinions) > 1 and self.question.apart(self.values)

    @property
    def decided_word(self) -> str:
        return self.question.word(self.decision.value) if self.decision else ""


@dataclass
class Asked:
    """One question, and the answers that somebody was asked it of, in the order of the cases."""

    question: Question
    found: dict[tuple[int, int | None], Item] = field(default_factory=dict)

    @property
    def items(self) -> list[Item]:
        return sorted(self.found.values(), key=lambda item: item.place)

    @property
    def disputes(self) -> list[Item]:
        """Open ones first."""
        found = [item for item in self.items if item.is_apart]
        return sorted(found, key=lambda item: (item.decision is not None, item.place))


def asked_of(run: Run, document: Mapping[str, Any]) -> list[Asked]:
    """Question by question, those that somebody answered; three queries."""
    found: dict[Any, Asked] = {}
    ratings = Rating.objects.filter(result__run=run).select_related("person", "result")
    for rating in ratings.defer("result__answer", "result__verdicts").order_by("pk"):
        question = yardstick(document, str(rating.check_key) if rating.check_key else None)
        if question is not None and question.takes(rating.value):
            asked = found.setdefault(question.key or "", Asked(question))
            _add(asked, rating.result, None, document, rating)
    for task in _preferences(run):
        assert task.other is not None
        columns = (_column(task.result), _column(task.other))
        asked = found.setdefault(columns, Asked(_side_by_side(run, task)))
        _add(asked, task.result, task.other, document, task)
    _put_decisions(found.values())
    order = [WHOLE.key or "", *(one.key for one in yardsticks(document))]
    known = [found[key] for key in order if key in found]
    return known + [one for key, one in found.items() if key not in order]


def dispute_on(run: Run, row: Result, *, key: str | None, other: Result | None) -> Item | None:
    """What people disagree on here, decided or not; None where they do not."""
    ids = (row.pk, other.pk if other else None)
    for asked in asked_of(run, run.suite_version.document):
        item = asked.found.get(ids)
        if item is not None and str(asked.question.key or "") == str(key or ""):
            return item if item.is_apart else None
    return None


def _preferences(run: Run) -> Iterable[RatingTask]:
    rows = RatingTask.objects.filter(
        request__run=run, request__way=RatingWay.COMPARE, state=RatingTaskState.DONE
    )
    light = ("result__answer", "result__verdicts", "other__answer", "other__verdicts")
    return rows.select_related("result", "other", "rater").defer(*light).order_by("pk")


def _column(row: Result) -> tuple[int, str]:
    return row.run_id, row.model


def _side_by_side(run: Run, task: RatingTask) -> SideBySide:
    labels = {(one.run_id, one.model): one.label for one in columns_of(run)}
    assert task.other is not None
    return SideBySide(
        labels.get(_column(task.result), task.result.model),
        labels.get(_column(task.other), task.other.model),
    )


def _add(
    asked: Asked, row: Result, other: Result | None, document: Mapping[str, Any],
    said: Rating | RatingTask,
) -> None:  # fmt: skip
    """A person asked twice about the same pair counts with the last word."""
    person = said.person if isinstance(said, Rating) else said.rater
    value = said.value if isinstance(said, Rating) else said.preference
    opinion = Opinion(person.pk, str(person), value, asked.question.word(value), said.note)
    ids = (row.pk, other.pk if other else None)
    item = asked.found.get(ids)
    if item is None:
        name = case_name(document["cases"][row.case_index], row.case_index)
        item = asked.found[ids] = Item(asked.question, *ids, row.case_index, name)
    item.opinions = [one for one in item.opinions if one.person_id != person.pk] + [opinion]


def _put_decisions(asked: Iterable[Asked]) -> None:
    items = {
        (item.result_id, item.other_id, str(one.question.key or "")): item
        for one in asked
        for item in one.items
    }
    ids: Sequence[int] = [key[0] for key in items]
    for decision in RatingDecision.objects.filter(result__in=ids).select_related("decided_by"):
        key = (decision.result_id, decision.other_id, str(decision.check_key or ""))
        if key in items:
            items[key].decision = decision

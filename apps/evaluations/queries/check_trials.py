"""On which answers a check is tried, and what people say of these."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.evaluations.checks import Verdict
from apps.evaluations.models import Rating, RatingDecision, Result, Run, Suite
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.runs import runs_of_suite
from apps.evaluations.states import FINISHED, ResultState
from apps.evaluations.statistics import kappa, trust_sentence
from apps.evaluations.yardsticks import yardstick

MOST = 20


@dataclass(frozen=True)
class Tried:
    """`people`: whether they find it good, by most of their ratings; None where they do not say."""

    row: Result
    name: str
    verdict: Verdict
    people: bool | None
    said: tuple[str, ...]

    @property
    def agrees(self) -> bool | None:
        if self.people is None or self.verdict.state == "could_not_run":
            return None
        return (self.verdict.state == "pass") is self.people


def finished_runs(suite: Suite, actor: Any) -> QuerySet[Run]:
    return runs_of_suite(suite, actor).filter(state__in=FINISHED)


def sample_of(run: Run, many: int, seed: int) -> list[Result]:
    """Drawn by lot, the same for the same seed; answers that people rated come first."""
    rows = Result.objects.filter(run=run, state=ResultState.DONE)
    ids = sorted(rows.values_list("pk", flat=True))
    rated = set(Rating.objects.filter(result__run=run).values_list("result", flat=True))
    random.Random(f"{run.pk}:{seed}").shuffle(ids)  # noqa: S311 - a lot, no secret
    chosen = sorted(ids, key=lambda pk: pk not in rated)[: min(many, MOST)]
    return list(rows.filter(pk__in=chosen).defer("tool_calls").order_by("case_index", "pk"))


def tried_of(run: Run, rows: Sequence[Result], verdicts: Sequence[Verdict]) -> list[Tried]:
    document = run.suite_version.document
    goods, words = _people(run, rows)
    return [
        Tried(
            row, case_name(document["cases"][row.case_index], row.case_index), verdict,
            _most(goods.get(row.pk, [])), tuple(words.get(row.pk, ())),
        )
        for row, verdict in zip(rows, verdicts, strict=True)
    ]  # fmt: skip


def trust_words(tried: Sequence[Tried]) -> str:
    known = [one for one in tried if one.agrees is not None]
    value = kappa([one.verdict.state == "pass" for one in known], [one.people for one in known])
    return trust_sentence(len(known), sum(bool(one.agrees) for one in known), value)


def _people(run: Run, rows: Sequence[Result]) -> tuple[dict[int, list[bool]], dict[int, list[str]]]:
    """Result → whether each person finds it good, and their words. A decision stands for all."""
    document = run.suite_version.document
    goods: dict[int, list[bool]] = {}
    words: dict[int, list[str]] = {}
    for one in Rating.objects.filter(result__in=rows).select_related("person").order_by("pk"):
        asked = yardstick(document, str(one.check_key) if one.check_key else None)
        if asked is not None and (good := asked.good(one.value)) is not None:
            goods.setdefault(one.result_id, []).append(good)
            words.setdefault(one.result_id, []).append(f"{one.person}: {asked.word(one.value)}")
    for decided in RatingDecision.objects.filter(result__in=rows, other=None):
        asked = yardstick(document, str(decided.check_key) if decided.check_key else None)
        if asked is not None and (good := asked.good(decided.value)) is not None:
            goods[decided.result_id] = [good]
            words.setdefault(decided.result_id, []).append(f"→ {asked.word(decided.value)}")
    return goods, words


def _most(goods: Sequence[bool]) -> bool | None:
    counts = Counter(goods)
    return None if counts[True] == counts[False] else counts[True] > counts[False]

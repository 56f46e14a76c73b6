"""Which answers of a run are rated, and what of that waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from apps.evaluations.assigning import sampled
from apps.evaluations.models import RatingRequest, RatingTask, Result, Run
from apps.evaluations.queries.runs import family_of
from apps.evaluations.states import RatingSample, RatingTaskState, RatingWay, ResultState

Pair = tuple[Result, Result]
OPEN = (RatingTaskState.WAITING, RatingTaskState.SKIPPED)


def items_for(run: Run, terms: Any) -> Sequence[Result | Pair]:
    """The answers, or pairs of them, that these terms ask for."""
    found: Sequence[Result | Pair]
    found = pairs(run, terms.first, terms.second) if terms.way == RatingWay.COMPARE else single(run)
    if terms.sample == RatingSample.APART:
        found = [item for item in found if checks_disagree(_first(item))]
    return sampled(found, terms.many, terms.seed) if terms.sample == RatingSample.SOME else found


def single(run: Run) -> list[Result]:
    rows = Result.objects.filter(run=run, state=ResultState.DONE)
    return list(rows.defer("answer", "tool_calls").order_by("case_index", "model", "repeat"))


def pairs(run: Run, first: tuple[int, str], second: tuple[int, str]) -> list[Pair]:
    """The first answer of each case in both columns, where the two say different things."""
    rows = Result.objects.filter(run__in=family_of(run), state=ResultState.DONE, repeat=0)
    found = {(row.run_id, row.model, row.case_index): row for row in rows.defer("tool_calls")}
    both = [
        (row, found[(*second, place)])
        for (run_id, model, place), row in found.items()
        if (run_id, model) == first and (*second, place) in found
    ]
    both = [pair for pair in both if pair[0].answer.strip() != pair[1].answer.strip()]
    return sorted(both, key=lambda pair: pair[0].case_index)


def checks_disagree(row: Result) -> bool:
    """One check passes what another one fails."""
    states = {
        verdict["state"] for verdict in row.verdicts.values() if not verdict["data"].get("people")
    }
    return {"pass", "fail"} <= states


def open_tasks_of(request: RatingRequest) -> QuerySet[RatingTask]:
    return request.tasks.filter(state__in=OPEN)


def _first(item: Result | Pair) -> Result:
    return item[0] if isinstance(item, tuple) else item

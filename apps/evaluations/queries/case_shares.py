"""Which share of its repeats each case passes, run by run and model by model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.evaluations.models import Result
from apps.evaluations.states import ResultState


@dataclass(frozen=True)
class CaseShare:
    """`share` None: not one of its repeats could be judged. `result` leads to its first one."""

    share: float | None
    result: int


Shares = dict[int, CaseShare]


def case_shares(run_ids: Iterable[int], models: Sequence[str]) -> dict[tuple[int, str], Shares]:
    """(run, model) → place of a case → its share. One query."""
    rows = Result.objects.filter(run__in=list(run_ids), model__in=models)
    found: dict[tuple[int, str], dict[int, list[tuple[int, float | None]]]] = {}
    columns = rows.values_list("run", "model", "case_index", "pk", "state", "passed")
    for run, model, place, pk, state, passed in columns.order_by("pk"):
        verdict = float(passed) if state == ResultState.DONE and passed is not None else None
        found.setdefault((run, model), {}).setdefault(place, []).append((pk, verdict))
    return {
        key: {place: _share(each) for place, each in cases.items()} for key, cases in found.items()
    }


def _share(repeats: Sequence[tuple[int, float | None]]) -> CaseShare:
    judged = [verdict for _pk, verdict in repeats if verdict is not None]
    first = next((pk for pk, verdict in repeats if verdict == 0), repeats[0][0])
    return CaseShare(sum(judged) / len(judged) if judged else None, first)


def paired(before: Shares, after: Shares) -> tuple[list[float | None], list[float | None]]:
    """Both in the order of the cases that either has."""
    places = sorted({*before, *after})
    nothing = CaseShare(None, 0)
    return (
        [before.get(place, nothing).share for place in places],
        [after.get(place, nothing).share for place in places],
    )

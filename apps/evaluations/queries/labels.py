"""How well a run tells labels apart, where its suite has a check of labels."""

from __future__ import annotations

from typing import Any

from apps.evaluations.models import Result, Run
from apps.evaluations.states import ResultState
from apps.evaluations.statistics import Classification, classification

MOST_COLUMNS = 20  # more labels than these do not fit a table


def matrix_of(found: Classification | None) -> list[tuple[str, list[int]]] | None:
    """A row an expected label, a column an answered one, in the same order; the last column holds
    answers that named none. None where there are too many labels to read."""
    if found is None or not 2 <= len(found.labels) <= MOST_COLUMNS:
        return None
    names = [figures.label for figures in found.labels]
    counts = {(one.label, one.label): one.right for one in found.labels}
    counts |= {(expected, said): many for expected, said, many in found.confusion}
    return [(name, [counts.get((name, said), 0) for said in [*names, ""]]) for name in names]


def labels_of(run: Run, document: dict[str, Any]) -> Classification | None:
    """By the first check of labels and the first model. One query, or none."""
    keys = [check["key"] for check in document["checks"] if check["kind"] == "label"]
    if not keys:
        return None
    rows = Result.objects.filter(run=run, model=run.models[0], state=ResultState.DONE)
    facts = [
        verdict["data"]
        for verdicts in rows.order_by("case_index").values_list("verdicts", flat=True)
        if (verdict := verdicts.get(keys[0])) and "answered" in verdict["data"]
    ]
    if not facts:
        return None
    return classification([one["expected"] for one in facts], [one["answered"] for one in facts])

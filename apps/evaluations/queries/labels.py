"""How well a run tells labels apart, where its suite has a check of labels."""

from __future__ import annotations

from typing import Any

from apps.evaluations.models import Result, Run
from apps.evaluations.states import ResultState
from apps.evaluations.statistics import Classification, classification


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

"""A run as rows of a table."""

from __future__ import annotations

from typing import Any

from apps.evaluations.models import Result, Run
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.runs import family_of

COLUMNS = [
    "case", "tags", "expected", "of", "model", "repeat", "state", "passed", "score", "answer",
    "reason", "latency_ms", "input_tokens", "output_tokens", "cost_usd", "reused",
]  # fmt: skip


def exported(run: Run) -> tuple[list[str], list[list[Any]]]:
    """Columns, and a row for each answer with the values of its case."""
    cases = run.suite_version.document["cases"]
    names = list(dict.fromkeys(name for case in cases for name in case["values"]))
    label = {run.pk: run.label}
    if run.paired is not None:
        label[run.paired.pk] = f"{run.paired.label}, live"
    rows = Result.objects.filter(run__in=family_of(run)).order_by(
        "case_index", "model", "repeat", "run"
    )
    found = []
    for row in rows.defer("verdicts", "tool_calls"):
        case = cases[row.case_index]
        found.append([
            case_name(case, row.case_index), ", ".join(case["tags"]), case["expected"],
            label[row.run_id], row.model, row.repeat + 1, row.state, row.passed, row.score,
            row.answer, row.error, row.latency_ms, row.input_tokens, row.output_tokens, row.cost,
            row.reused_from_id is not None, *(case["values"].get(name) for name in names),
        ])  # fmt: skip
    return [*COLUMNS, *(f"value: {name}" for name in names)], found

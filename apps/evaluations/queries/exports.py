"""A run as rows of a table."""

from __future__ import annotations

from typing import Any

from apps.evaluations.models import Rating, RatingDecision, Result, Run
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.runs import family_of
from apps.evaluations.yardsticks import yardstick

COLUMNS = [
    "case", "tags", "expected", "of", "model", "repeat", "state", "passed", "score", "answer",
    "reason", "latency_ms", "input_tokens", "output_tokens", "cost_usd", "reused",
    "ratings", "decided",
]  # fmt: skip


class Said(list[dict[str, Any]]):
    """What people said: objects in JSON, one line in a table."""

    def __str__(self) -> str:
        return "; ".join(self._line(one) for one in self)

    @staticmethod
    def _line(one: dict[str, Any]) -> str:
        note = f" ({one['note']})" if one["note"] else ""
        return f"{one['person']}: {one['rating']}{note}"


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
    ratings, decided = _ratings(run), _decisions(run)
    found = []
    for row in rows.defer("verdicts", "tool_calls"):
        case = cases[row.case_index]
        found.append([
            case_name(case, row.case_index), ", ".join(case["tags"]), case["expected"],
            label[row.run_id], row.model, row.repeat + 1, row.state, row.passed, row.score,
            row.answer, row.error, row.latency_ms, row.input_tokens, row.output_tokens, row.cost,
            row.reused_from_id is not None, ratings.get(row.pk, Said()),
            decided.get(row.pk, Said()), *(case["values"].get(name) for name in names),
        ])  # fmt: skip
    return [*COLUMNS, *(f"value: {name}" for name in names)], found


def _ratings(run: Run) -> dict[int, Said]:
    rows = Rating.objects.filter(result__run__in=family_of(run)).select_related("person")
    found: dict[int, Said] = {}
    for one in rows.order_by("pk"):
        found.setdefault(one.result_id, Said()).append(
            _said(run, one.check_key, one.value)
            | {"person": str(one.person), "note": one.note, "blind": one.blind,
               "seconds": one.seconds, "at": one.at}
        )  # fmt: skip
    return found


def _decisions(run: Run) -> dict[int, Said]:
    """Of single answers; which of two is preferred stands on the page of ratings."""
    rows = RatingDecision.objects.filter(result__run__in=family_of(run), other=None)
    found: dict[int, Said] = {}
    for one in rows.select_related("decided_by").order_by("pk"):
        found.setdefault(one.result_id, Said()).append(
            _said(run, one.check_key, one.value)
            | {"person": str(one.decided_by), "note": one.reason, "at": one.decided_at}
        )
    return found


def _said(run: Run, key: Any, value: Any) -> dict[str, Any]:
    asked = yardstick(run.suite_version.document, str(key) if key else None)
    if asked is None:
        return {"question": "", "rating": str(value)}
    return {"question": asked.title, "rating": asked.word(value)}

"""A check tried on a few answers of a run, beside what people say of them; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.evaluations.checks import Answered
from apps.evaluations.models import Check, Result, Run
from apps.evaluations.queries.check_trials import Tried, tried_of
from apps.evaluations.running.grading import Grading, Sample, grade, grading_of
from apps.evaluations.running.job import case_values
from apps.evaluations.running.paid import Payer


@dataclass(frozen=True)
class Trial:
    run: Run
    rows: Sequence[Result]
    grading: Grading


def trial_of(check: Check, run: Run, rows: Sequence[Result]) -> Trial:
    found = {"key": str(check.key), "kind": check.kind, "settings": check.settings,
             "weight": 1, "required": False}  # fmt: skip
    payer = Payer(run.prompt.namespace, run.team, "check", f"check:{check.key}")
    samples = _samples(run, rows)
    grading = grading_of(
        [found], samples, payer=payer, judge=run.judge, embedding=run.embedding
    )  # fmt: skip
    return Trial(run, rows, grading)


def carry_out(trial: Trial) -> list[Tried]:
    """OverBudget or NotPossible before anything is asked; afterwards each answer has a verdict."""
    key = trial.grading.checks[0]["key"]
    judged = grade(trial.grading)
    return tried_of(trial.run, trial.rows, [one.verdicts[key] for one in judged])


def _samples(run: Run, rows: Sequence[Result]) -> list[Sample]:
    cases, others = run.suite_version.document["cases"], _others(run, rows)
    return [
        Sample(_answered(row), case_values(cases[row.case_index]), others.get(row.pk))
        for row in rows
    ]


def _others(run: Run, rows: Sequence[Result]) -> dict[int, Answered]:
    """The answers of what was live to the same cases."""
    places = [row.case_index for row in rows]
    paired = Result.objects.filter(
        run=run.paired_id or 0, case_index__in=places, state="done"
    )  # fmt: skip
    live = {(row.case_index, row.model, row.repeat): row for row in paired}
    found = {}
    for row in rows:
        other = live.get((row.case_index, row.model, row.repeat))
        if other is not None:
            found[row.pk] = Answered(other.answer, other.latency_ms, other.cost)
    return found


def _answered(row: Result) -> Answered:
    return Answered(row.answer, row.latency_ms, row.cost, row.input_tokens, row.output_tokens)

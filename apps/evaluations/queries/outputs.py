"""What the model answers, before and after, beside a decision: the worst cases first."""

from __future__ import annotations

from dataclasses import dataclass

from apps.environments.models import Environment
from apps.evaluations.models import Run
from apps.evaluations.queries.grids import (
    DIFFERENT,
    FAIL,
    FIXED,
    NEWLY,
    NOT_RUN,
    PASS,
    Column,
    Line,
    columns_of,
    first_lines,
)
from apps.evaluations.queries.runs import HEAVY, ROWS
from apps.evaluations.queries.suite_changes import change_since
from apps.evaluations.queries.summaries import RunSummary, run_summary
from apps.evaluations.states import RunState
from apps.evaluations.suite_changes import SuiteChange
from apps.prompts.models import Version

MOST_SUITES, MOST_CASES = 3, 6


@dataclass(frozen=True)
class Outputs:
    """Of one suite: the newest run of this version for this place. `hidden`: further
    cases; `change`: what the suite asks now, since the last release."""

    run: Run
    summary: RunSummary
    columns: list[Column]
    lines: list[Line]
    hidden: int
    change: SuiteChange | None = None


def outputs_for(version: Version, environment: Environment) -> list[Outputs]:
    """One a suite, the newest first; those that are under way have no answers to show yet."""
    rows = Run.objects.filter(version=version, environment=environment, candidate=None)
    rows = rows.filter(state__in=(RunState.DONE, RunState.PARTIAL))
    found: dict[int, Run] = {}
    for run in rows.select_related(*ROWS).defer(*HEAVY).order_by("-pk")[:50]:
        found.setdefault(run.suite_version.suite_id, run)
    return [_outputs(run) for run in list(found.values())[:MOST_SUITES]]


def _outputs(run: Run) -> Outputs:
    lines = _worst(run)
    total = run.suite_version.case_count
    hidden = max(0, total - len(lines))
    return Outputs(run, run_summary(run), columns_of(run), lines, hidden, change_since(run))


def _worst(run: Run) -> list[Line]:
    """Newly failing, what could not run, fixed, other answers; without a comparison what fails."""
    kinds = (NEWLY, NOT_RUN, FIXED, DIFFERENT) if run.paired_id else (FAIL, NOT_RUN, PASS)
    return first_lines(run, run.suite_version.document, order=kinds, most=MOST_CASES)

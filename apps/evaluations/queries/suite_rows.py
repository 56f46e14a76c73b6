"""Suites as lists show them: what they test, and how the last run of each ended; and the runs of
one suite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.evaluations.models import Run, Suite
from apps.evaluations.queries.runs import last_runs, runs_of_suite
from apps.evaluations.queries.suites import prompts_served
from apps.evaluations.queries.summaries import Counts, counts_of

NEWEST = 5


@dataclass(frozen=True)
class RunRow:
    run: Run
    counts: Counts


@dataclass(frozen=True)
class SuiteRow:
    """`suite` has `case_total` and `check_total`; `served`: how many prompts it tests; `last`: the
    newest run that came to an end, with its counts."""

    suite: Suite
    served: int
    last: Run | None
    counts: Counts | None

    @property
    def judged(self) -> int:
        return self.counts.judged if self.counts else 0


def suite_rows(suites: Sequence[Suite], actor: Any) -> list[SuiteRow]:
    """In the order given. Three queries, however many."""
    served = prompts_served(suites, actor)
    last = last_runs(suites, actor)
    counts = counts_of([run.pk for run in last.values()])
    rows = []
    for suite in suites:
        run = last.get(suite.pk)
        rows.append(SuiteRow(suite, served[suite.pk], run, counts[run.pk] if run else None))
    return rows


def run_rows(suite: Suite, actor: Any) -> list[RunRow]:
    """The newest runs, those under way too. Two queries."""
    runs = list(runs_of_suite(suite, actor).order_by("-pk")[:NEWEST])
    counts = counts_of([run.pk for run in runs]) if runs else {}
    return [RunRow(run, counts[run.pk]) for run in runs]

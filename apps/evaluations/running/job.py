"""What a worker knows of a run while it works on it, and how a leased row becomes a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now

from apps.evaluations.asked import (
    CannotAsk,
    answered_tokens,
    compiled_for,
    fingerprint,
    question_for,
    sent_tokens,
)
from apps.evaluations.checks import CaseValues
from apps.evaluations.models import Result, Run
from apps.evaluations.queries.estimates import (
    JUDGE_ANSWER,
    JUDGED_TOKENS,
    Judging,
    Prices,
    judgings,
)
from apps.evaluations.queries.runs import run_content
from apps.evaluations.running.judging import judging_of, needs_other
from apps.evaluations.running.outcome import Outcome, not_run
from apps.evaluations.running.purse import Pot
from apps.evaluations.states import ResultState
from apps.llm.asking import Line, Question, Unanswered
from apps.llm.queries import line_for
from apps.prompts.compile import Compiled
from apps.prompts.content import Document

REUSED = timedelta(days=7)
NOTHING = Decimal(0)


@dataclass
class Task:
    """One row to ask for. `known`: an equal answer, of which only the judging is missing."""

    row: Result
    case: Mapping[str, Any]
    question: Question
    fingerprint: str
    known: Result | None = None
    pot: Pot | None = None


@dataclass
class Job:
    run: Run
    document: Mapping[str, Any]
    prices: Prices
    judges: list[Judging]
    lines: dict[str, tuple[Line, str] | Unanswered]
    contents: dict[int, Document]
    compiled: dict[tuple[int, str], Compiled] = field(default_factory=dict)

    @property
    def checks(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.document["checks"]
        return found

    @property
    def compares(self) -> bool:
        return self.run.paired_id is not None and needs_other(self.checks)

    @property
    def at_once(self) -> int:
        """Rows under way together: a few more than the lines take, so that none ever waits."""
        lines = {found[0] for found in self.lines.values() if not isinstance(found, Unanswered)}
        most = sum(line.max_parallel for line in lines) or 1
        return min(most + most // 4, 128)

    def line(self, model: str) -> tuple[Line, str]:
        found = self.lines.get(model) or Unanswered("not_connected", model)
        if isinstance(found, Unanswered):
            raise found
        return found


def load_job(run: Run) -> Job:
    """Reads everything that the slice needs besides its rows."""
    document = run.suite_version.document
    judges = judgings(document["checks"], run.judge, run.embedding)
    names = {*run.models, *(one.model for one in judges)}
    contents = {run.pk: run_content(run)}
    if run.paired is not None:
        contents[run.paired.pk] = run_content(run.paired)
    return Job(run, document, Prices(names), judges, {n: _line(n) for n in names}, contents)


def _line(name: str) -> tuple[Line, str] | Unanswered:
    try:
        return line_for(name)
    except Unanswered as error:
        return error


def plan(job: Job, rows: Iterable[Result]) -> tuple[list[Task], list[Outcome]]:
    """Tasks for the rows; outcomes for those that cannot be asked, or need not be."""
    tasks, outcomes = [], []
    for row in rows:
        try:
            tasks.append(_task(job, row))
        except CannotAsk as error:
            outcomes.append(not_run(row.pk, "does_not_fit", str(error)))
        except Unanswered as error:
            outcomes.append(not_run(row.pk, error.code, error.sentence))
    if tasks and not job.run.fresh:
        reused = _reuse(job, tasks)
        outcomes += reused
        gone = {one.result_id for one in reused}
        tasks = [task for task in tasks if task.row.pk not in gone]
    return tasks, outcomes


def _task(job: Job, row: Result) -> Task:
    case = job.document["cases"][row.case_index]
    _line_of, remote = job.line(row.model)
    content = job.contents[row.run_id]
    place = (row.run_id, row.model)
    if place not in job.compiled:
        job.compiled[place] = compiled_for(content, row.model, job.run.variant_of)
    question = question_for(content, job.compiled[place], case["values"], row.model, remote)
    return Task(row, case, question, fingerprint(question, row.repeat))


def _reuse(job: Job, tasks: Sequence[Task]) -> list[Outcome]:
    """Where an equal answer is known and was judged by equal checks, all of it is taken over. Where
    the checks are others, the answer is judged anew without asking the model."""
    marks = {task.fingerprint for task in tasks}
    rows = Result.objects.filter(
        fingerprint__in=marks, state=ResultState.DONE, run__prompt=job.run.prompt_id,
        done_at__gt=Now() - REUSED,
    )  # fmt: skip
    known = {row.fingerprint: row for row in rows.order_by("fingerprint", "pk")}
    outcomes = []
    for task in tasks:
        found = known.get(task.fingerprint)
        if found is None:
            continue
        if not job.compares and found.judging == judging_for(job, task, ""):
            outcomes.append(_taken_over(task, found))
        else:
            task.known = found
    return outcomes


def _taken_over(task: Task, found: Result) -> Outcome:
    return Outcome(
        task.row.pk, answer=found.answer, tool_calls=tuple(found.tool_calls),
        input_tokens=found.input_tokens, output_tokens=found.output_tokens,
        latency_ms=found.latency_ms, cost=NOTHING, verdicts=found.verdicts, passed=found.passed,
        score=found.score, reused_from=found.reused_from_id or found.pk,
        fingerprint=task.fingerprint, judging=found.judging, error=found.error,
    )  # fmt: skip


def judging_for(job: Job, task: Task, other: str) -> str:
    return judging_of(job.document, task.case, job.run.judge, job.run.embedding, other)


def most_cost(job: Job, task: Task) -> Decimal:
    """What a row may cost with its judges; nothing for prices that are not known."""
    said = answered_tokens(task.question)
    cost = NOTHING
    if task.known is None:
        sent = sent_tokens(task.question)
        cost += job.prices.cost(task.row.model, sent, said) or NOTHING
    shown = said + JUDGED_TOKENS + len(str(task.case)) // 3
    for one in job.judges:
        replied = 0 if one.embeds else JUDGE_ANSWER
        cost += job.prices.cost(one.model, shown, replied) or NOTHING
    return cost


def case_values(case: Mapping[str, Any]) -> CaseValues:
    return CaseValues(case["values"], case["expected"], tuple(case["tags"]))

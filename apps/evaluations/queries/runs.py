"""Runs, what stands in them, and the last one that tells whether a version may go live."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.evaluations.models import Result, Run, Suite, SuiteVersion
from apps.evaluations.queries.suites import visible_suites
from apps.evaluations.states import RunState
from apps.prompts import content
from apps.prompts.models import Prompt, Version
from apps.teams.queries import visible_namespaces

ENDED = (RunState.DONE, RunState.PARTIAL)
ROWS = (
    "suite_version__suite__namespace",
    "prompt__namespace",
    "version",
    "paired__version",
    "environment",
    "requested_by",
    "team",
)
HEAVY = (
    "suite_version__document",
    "content",
    "version__content",
    "paired__content",
    "paired__version__content",
)


def visible_runs(actor: Any) -> QuerySet[Run]:
    """Runs of suites and prompts that the actor may see; those of what is live alone stand beside
    the run that they were made for."""
    rows = Run.objects.filter(candidate=None, suite_version__suite__in=visible_suites(actor))
    rows = rows.filter(prompt__namespace__in=visible_namespaces(actor))
    return rows.select_related(*ROWS).defer(*HEAVY)


def run_for(actor: Any, pk: int) -> Run:
    """A run that the actor may see, or 404; the run of what was live leads to the other one."""
    found = visible_runs(actor).filter(pk=pk).first()
    if found is None:
        found = visible_runs(actor).filter(paired=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def result_for(actor: Any, pk: int) -> Result:
    rows = Result.objects.filter(pk=pk).select_related("run")
    found = rows.first()
    if found is None:
        require(not_visible())
    assert found is not None
    run_for(actor, found.run_id)
    return found


def runs_of_suite(suite: Suite, actor: Any) -> QuerySet[Run]:
    """The newest first."""
    return visible_runs(actor).filter(suite_version__suite=suite)


def last_runs(suites: Iterable[Suite], actor: Any) -> dict[int, Run]:
    """Suite → its newest run that came to an end. One query."""
    rows = visible_runs(actor).filter(suite_version__suite__in=list(suites), state__in=ENDED)
    newest = rows.order_by("suite_version__suite_id", "-pk").distinct("suite_version__suite_id")
    return {run.suite_version.suite_id: run for run in newest}


def runs_of_prompt(prompt: Prompt, actor: Any) -> QuerySet[Run]:
    return visible_runs(actor).filter(prompt=prompt)


def run_content(run: Run) -> content.Document:
    """What was tested: the version's content, or the draft's as it stood."""
    data = run.version.content if run.version is not None else run.content
    assert data is not None
    return content.parse(bytes(data))


def family_of(run: Run) -> list[int]:
    """The run and that of what was live, which goes first."""
    return [run.paired_id, run.pk] if run.paired_id else [run.pk]


def run_ref(run: Run) -> str:
    """How money that is set aside names its run."""
    return f"run:{run.pk}"


def latest_run(
    suite_version: SuiteVersion, version: Version, *, environment: Environment | None = None
) -> Run | None:
    """The last run of this very content on this very suite version, finished or not.

    Cancelled ones say nothing, so they do not count. With `environment`: one that was compared
    with what was live there.
    """
    rows = Run.objects.filter(
        suite_version=suite_version, version=version, content_hash=version.content_hash,
        candidate=None,
    ).exclude(state=RunState.CANCELLED)  # fmt: skip
    if environment is not None:
        rows = rows.filter(environment=environment)
    return rows.select_related(*ROWS).defer(*HEAVY).order_by("-pk").first()


def paired_result(run: Run, row: Result) -> tuple[Result | None, Result | None]:
    """The results of a case in the run and in that of what was live, of one model and repeat."""
    rows = Result.objects.filter(
        run__in=family_of(run), case_index=row.case_index, model=row.model, repeat=row.repeat
    )
    found = {one.run_id: one for one in rows}
    return found.get(run.pk), found.get(run.paired_id or 0)


def heard_runs(person: Any, idents: set[str]) -> set[str]:
    """Of these runs, those whose progress the person may hear."""
    wanted = [int(one) for one in idents if one.isdecimal() and len(one) < 18]
    rows = visible_runs(person).filter(pk__in=wanted)
    return {str(pk) for pk in rows.values_list("pk", flat=True)}

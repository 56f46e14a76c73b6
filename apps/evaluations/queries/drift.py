"""Whether a live version passes less than it did: the same cases, model and suite version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import DriftAlarm, PlannedRun, Run, Suite
from apps.evaluations.queries.case_shares import case_shares, paired
from apps.evaluations.queries.suites import visible_suites
from apps.evaluations.states import PlannedState, RunState
from apps.evaluations.statistics import Comparison, compare
from apps.prompts.models import Prompt
from apps.prompts.queries.prompts import visible_prompts

COUNTS = (RunState.DONE, RunState.PARTIAL)


@dataclass(frozen=True)
class Drift:
    earlier: Run
    comparison: Comparison


def drift_of(planned: PlannedRun) -> Drift | None:
    """What a run shows against the earliest one that is comparable; None where there is none.

    Each case counts with the share of its repeats that pass; a case that could not run in either
    is left out.
    """
    run = planned.run
    assert run is not None
    earlier = _earlier(planned, run)
    if earlier is None or run.state not in COUNTS:
        return None
    model = run.models[0]
    found = case_shares([earlier.pk, run.pk], [model])
    before, after = paired(found.get((earlier.pk, model), {}), found.get((run.pk, model), {}))
    return Drift(earlier, compare(before, after))


def is_alarming(drift: Drift | None, tolerance: float) -> bool:
    """The whole 95 % interval of the difference lies below what is tolerated."""
    high = drift.comparison.high if drift is not None else None
    return high is not None and high < -tolerance


def has_open_alarm(planned: PlannedRun) -> bool:
    rows = DriftAlarm.objects.filter(schedule=planned.schedule_id, prompt=planned.prompt_id)
    return rows.filter(acknowledged_at=None).exists()


def _earlier(planned: PlannedRun, run: Run) -> Run | None:
    """The first run of the schedule on the same content and model; of what was acknowledged as the
    new level, that one."""
    same = PlannedRun.objects.filter(
        schedule=planned.schedule_id, prompt=planned.prompt_id, state=PlannedState.READ,
        run__content_hash=run.content_hash, run__suite_version=run.suite_version_id,
        run__models=run.models,
        run__judge_version=run.judge_version, run__state__in=COUNTS, pk__lt=planned.pk,
    )  # fmt: skip
    known = DriftAlarm.objects.filter(schedule=planned.schedule_id, prompt=planned.prompt_id)
    accepted = known.exclude(acknowledged_at=None).order_by("-pk").first()
    if accepted is not None:
        same = same.filter(run__gte=accepted.run_id)
    found = same.select_related("run").order_by("pk").first()
    return found.run if found is not None else None


def open_alarms(actor: Any, *, prompts: Iterable[Prompt] = (), suite: Suite | None = None) -> Any:
    """Of some prompts, or of a suite, those that nobody acknowledged."""
    rows = visible_alarms(actor).filter(acknowledged_at=None)
    if suite is not None:
        return rows.filter(schedule__suite=suite)
    return rows.filter(prompt__in=[prompt.pk for prompt in prompts])


def visible_alarms(actor: Any) -> QuerySet[DriftAlarm]:
    rows = DriftAlarm.objects.filter(schedule__suite__in=visible_suites(actor))
    rows = rows.filter(prompt__in=visible_prompts(actor))
    return rows.select_related(
        "prompt__namespace", "schedule__suite", "run__version", "acknowledged_by"
    ).defer("run__content", "run__version__content")


def alarm_for(actor: Any, pk: int) -> DriftAlarm:
    found = visible_alarms(actor).filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found

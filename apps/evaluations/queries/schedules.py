"""Schedules of suites: what is due, and what their pages show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.core.clock import database_now
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import PlannedRun, Suite, SuiteSchedule
from apps.evaluations.queries.suites import visible_suites
from apps.evaluations.states import FINISHED, PlannedState, ScheduleState
from apps.prompts.models import Prompt
from apps.prompts.queries.prompts import visible_prompts

ROWS = ("suite__namespace", "environment", "made_by")


def due_suite_schedules() -> list[SuiteSchedule]:
    rows = SuiteSchedule.objects.filter(state=ScheduleState.ACTIVE, next_at__lte=database_now())
    return list(rows.select_related(*ROWS).order_by("next_at", "pk")[:50])


def suite_schedule_for(actor: Any, pk: int) -> SuiteSchedule:
    rows = SuiteSchedule.objects.filter(suite__in=visible_suites(actor)).select_related(*ROWS)
    found = rows.filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def hidden_prompts(schedule: SuiteSchedule, actor: Any) -> bool:
    """Whether it runs anything that the actor may not see."""
    return schedule.prompts.exclude(pk__in=visible_prompts(actor).values("pk")).exists()


@dataclass(frozen=True)
class ScheduleRow:
    """`last`: what became of the time before, a row a prompt."""

    schedule: SuiteSchedule
    prompts: list[Prompt]
    last: list[PlannedRun]


def schedule_rows(suite: Suite, actor: Any) -> list[ScheduleRow]:
    """Those that have not ended, with the prompts that the actor may see. Four queries."""
    rows = SuiteSchedule.objects.filter(suite=suite).exclude(state=ScheduleState.ENDED)
    found = list(rows.select_related(*ROWS))
    seen = visible_prompts(actor).filter(pk__in=_prompts(found)).order_by("name")
    by_id = {prompt.pk: prompt for prompt in seen}
    chosen: dict[int, list[Prompt]] = {}
    for schedule, prompt in SuiteSchedule.prompts.through.objects.filter(
        suiteschedule__in=found
    ).values_list("suiteschedule", "prompt"):
        if prompt in by_id:
            chosen.setdefault(schedule, []).append(by_id[prompt])
    last = _last(found, set(by_id))
    return [ScheduleRow(one, chosen.get(one.pk, []), last.get(one.pk, [])) for one in found]


def _prompts(schedules: list[SuiteSchedule]) -> Any:
    through = SuiteSchedule.prompts.through.objects.filter(suiteschedule__in=schedules)
    return through.values("prompt")


def _last(schedules: list[SuiteSchedule], seen: set[int]) -> dict[int, list[PlannedRun]]:
    """Of each schedule, the runs of its last time."""
    times = {one.pk: one.last_at for one in schedules if one.last_at is not None}
    rows = PlannedRun.objects.filter(schedule__in=times, due_at__in=set(times.values()))
    rows = rows.filter(prompt__in=seen).select_related("prompt", "version", "run")
    found: dict[int, list[PlannedRun]] = {}
    for one in rows.defer("version__content", "run__content"):
        if one.schedule_id is not None and one.due_at == times[one.schedule_id]:
            found.setdefault(one.schedule_id, []).append(one)
    return found


def planned_to_read() -> list[PlannedRun]:
    """Runs of schedules that are over, and were not looked at for drift."""
    rows = PlannedRun.objects.filter(state=PlannedState.STARTED, run__state__in=FINISHED)
    rows = rows.filter(schedule__isnull=False).order_by("pk")
    return list(rows.select_related("schedule", "prompt__namespace", "run__version")[:50])

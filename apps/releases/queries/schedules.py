from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from django.db import connection

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.releases.models import Schedule
from apps.releases.states import ScheduleState

SHOWN = ("environment", "version", "made_by", "prompt__namespace")


def database_now() -> dt.datetime:
    """The one clock that decides: the clocks of processes may differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast(dt.datetime, cursor.fetchone()[0])


def due_schedules() -> list[Schedule]:
    """What has to be released now, the oldest first."""
    rows = Schedule.objects.filter(state=ScheduleState.WAITING, at__lte=database_now())
    return list(rows.select_related(*SHOWN).order_by("at", "pk"))


def schedule_for(actor: Actor, pk: int) -> Schedule:
    """One plan of a prompt that the actor may see, or 404."""
    rows = Schedule.objects.filter(prompt__in=visible_prompts(actor)).select_related(*SHOWN)
    schedule = rows.filter(pk=pk).first()
    if schedule is None:
        require(not_visible())
    assert schedule is not None
    return schedule


def schedules_of(prompt: Prompt) -> dict[int, Schedule]:
    """Environment id → what is planned there."""
    rows = Schedule.objects.filter(prompt=prompt, state=ScheduleState.WAITING)
    return {row.environment_id: row for row in rows.select_related(*SHOWN)}


def refused_schedules(prompt: Prompt, limit: int = 3) -> list[Schedule]:
    """What was planned and did not happen, the newest first."""
    rows = Schedule.objects.filter(prompt=prompt, state=ScheduleState.REFUSED)
    return list(rows.select_related(*SHOWN).order_by("-at")[:limit])


def waiting_schedules(prompts: Iterable[Prompt]) -> dict[tuple[int, int], Schedule]:
    """(prompt, environment) → what is planned there. One query."""
    rows = Schedule.objects.filter(prompt__in=list(prompts), state=ScheduleState.WAITING)
    rows = rows.select_related("version", "environment", "made_by").defer("version__content")
    return {(row.prompt_id, row.environment_id): row for row in rows}

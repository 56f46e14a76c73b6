from __future__ import annotations

from apps.environments.locks import lock_prompt
from apps.releases.models import Schedule


def lock_schedule(schedule: Schedule) -> Schedule:
    """The plan, read anew; its prompt is locked first, as everywhere."""
    prompt = lock_prompt(schedule.prompt)
    rows = Schedule.objects.select_for_update(of=("self",))
    schedule = rows.select_related("environment", "version", "made_by").get(pk=schedule.pk)
    schedule.prompt = schedule.version.prompt = prompt
    return schedule

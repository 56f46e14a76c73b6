from __future__ import annotations

from apps.environments.locks import lock_prompt
from apps.releases.models import FollowUp, Schedule


def lock_schedule(schedule: Schedule) -> Schedule:
    """The plan, read anew; its prompt is locked first, as everywhere."""
    prompt = lock_prompt(schedule.prompt)
    rows = Schedule.objects.select_for_update(of=("self",))
    schedule = rows.select_related("environment", "version", "made_by").get(pk=schedule.pk)
    schedule.prompt = schedule.version.prompt = prompt
    return schedule


def lock_follow_up(follow_up: FollowUp) -> FollowUp:
    prompt = lock_prompt(follow_up.release.prompt)
    rows = FollowUp.objects.select_for_update(of=("self",))
    rows = rows.select_related("release__environment", "release__version", "release__made_by")
    follow_up = rows.get(pk=follow_up.pk)
    follow_up.release.prompt = follow_up.release.version.prompt = prompt
    return follow_up

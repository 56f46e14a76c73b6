from __future__ import annotations

from apps.environments.locks import hold_rules, lock_prompt
from apps.releases.models import FollowUp, Schedule, Waiver


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


def lock_waiver(waiver: Waiver) -> Waiver:
    """The waiver, read anew; its prompt is locked and everybody's rights are held."""
    prompt = lock_prompt(waiver.version.prompt)
    hold_rules(prompt, waiver.environment)
    rows = Waiver.objects.select_for_update(of=("self",))
    waiver = rows.select_related("version", "environment", "proposed_by").get(pk=waiver.pk)
    waiver.version.prompt = prompt
    return waiver

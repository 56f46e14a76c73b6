"""Releases at a time. Made by somebody who may; everything is asked again when the time comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.environments.freezes import frozen_until
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import freezes_for, live_release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move
from apps.releases.actions.release import release_on_the_way
from apps.releases.denied import denied
from apps.releases.events import MADE, SCHEDULE_REFUSED, SCHEDULE_WITHDRAWN, SCHEDULED
from apps.releases.gates import FREEZE, gates, on_the_way
from apps.releases.locks import lock_schedule
from apps.releases.models import Schedule
from apps.releases.permissions import (
    all_open,
    belongs,
    can_go_live,
    has_right_there,
    still_live,
)
from apps.releases.queries.schedules import database_now, schedules_of
from apps.releases.schedule_permissions import (
    can_be_planned_for,
    can_run_schedule,
    can_withdraw_schedule,
    nothing_planned,
    planner_may,
    still_waits,
)
from apps.releases.states import SCHEDULE, ScheduleState
from apps.reviews.queries import review_about


@governed
def schedule_release(
    prompt: Prompt,
    *,
    version: Version,
    environment: Environment,
    expects: int | None,
    at: dt.datetime,
    reason: str = "",
    acknowledged: bool = False,
    actor: User,
) -> Schedule:
    """Plan a release for a time to come, under the gates that will hold then."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    refusal = denied(SCHEDULED, version, environment)
    require(belongs(version, prompt), refusal)
    require(has_right_there(actor, prompt, environment), refusal)
    frozen = frozen_until(freezes_for(environment, prompt.namespace), at)
    if fault := can_be_planned_for(at, database_now(), frozen):
        raise Invalid({"at": [fault]})
    require(still_live(live_release(prompt, environment), expects, environment), refusal)
    require(can_go_live(prompt, version, environment), refusal)
    require(nothing_planned(schedules_of(prompt).get(environment.pk)), refusal)
    found = gates(version, environment, acknowledged=acknowledged)
    may_be_then = [gate for gate in found if gate.code != FREEZE]  # of now: `at` is asked above
    require(all_open(may_be_then), refusal)
    schedule = Schedule.objects.create(
        prompt=prompt,
        environment=environment,
        version=version,
        replaces_id=expects,
        at=at,
        reason=reason.strip(),
        acknowledged=acknowledged,
        made_by=actor,
    )
    touch("prompt", prompt.pk)
    record(SCHEDULED, actor=actor, **_entry(schedule, schedule.reason))
    return schedule


@governed
def withdraw_schedule(schedule: Schedule, *, reason: str = "", actor: Actor) -> Schedule:
    schedule = lock_schedule(schedule)
    refusal = denied(SCHEDULE_WITHDRAWN, schedule.version, schedule.environment)
    require(can_withdraw_schedule(actor, schedule), refusal)
    move(schedule, "state", ScheduleState.WITHDRAWN, SCHEDULE)
    touch("prompt", schedule.prompt_id)
    record(SCHEDULE_WITHDRAWN, actor=actor, **_entry(schedule, reason.strip()))
    return schedule


@governed
def run_schedule(schedule: Schedule, *, actor: Actor = SYSTEM) -> Release:
    """Release what was planned, on behalf of whoever planned it. Asked anew at this moment: they
    are active and hold the right (403), what they saw live is live still, every gate is open (409).
    """
    schedule = lock_schedule(schedule)
    prompt, version, environment = schedule.prompt, schedule.version, schedule.environment
    hold_rules(prompt, environment)
    person = schedule.made_by
    require(can_run_schedule(actor, schedule, database_now()))
    require(planner_may(schedule))
    require(still_live(live_release(prompt, environment), schedule.replaces_id, environment))
    require(can_go_live(prompt, version, environment))
    require(all_open(gates(version, environment, acknowledged=schedule.acknowledged)))
    review = review_about(version, environment)
    for place in on_the_way(version, environment):
        release_on_the_way(
            version,
            environment=place,
            reason=schedule.reason,
            review=review,
            refusal=None,
            on_behalf=[person],
            authority=person,
            actor=actor,
        )
    way = Move(prompt, version, environment, How.SCHEDULE, schedule.reason, review, actor)
    schedule.release = release = way.write()
    schedule.save(update_fields=["release"])
    move(schedule, "state", ScheduleState.DONE, SCHEDULE)
    record(MADE, **way.entry(release, acknowledged=schedule.acknowledged, on_behalf=[person]))
    return release


@governed
def refuse_schedule(schedule: Schedule, *, reason: str, actor: Actor = SYSTEM) -> Schedule:
    """Write down that a planned release did not happen, and why."""
    schedule = lock_schedule(schedule)
    require(still_waits(schedule))
    schedule.refusal = reason
    schedule.save(update_fields=["refusal"])
    move(schedule, "state", ScheduleState.REFUSED, SCHEDULE)
    touch("prompt", schedule.prompt_id)
    people = [schedule.made_by]
    record(SCHEDULE_REFUSED, actor=actor, on_behalf=people, **_entry(schedule, reason))
    return schedule


def _entry(schedule: Schedule, reason: str) -> dict[str, Any]:
    return {
        "target": schedule.prompt,
        "reason": reason,
        "namespace": schedule.prompt.namespace,
        "environment": schedule.environment.name,
        "schedule": schedule.pk,
        "version": schedule.version.number,
        "at": schedule.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }

"""Suites that run by themselves: a due time is a row, claimed once, asked for anew each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.zones import is_zone
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.environments.models import Environment
from apps.evaluations import events
from apps.evaluations.actions.runs import MAX_REPEATS
from apps.evaluations.due_times import next_time
from apps.evaluations.locks import lock_suite
from apps.evaluations.models import PlannedRun, Suite, SuiteSchedule
from apps.evaluations.permissions import (
    can_change_schedule,
    can_claim_schedule,
    can_edit_schedule,
    can_make_schedule,
    can_start_run,
)
from apps.evaluations.states import SCHEDULE, Every, ScheduleState
from apps.evaluations.tasks import wake_planned
from apps.llm.permissions import can_ask_model
from apps.llm.queries import price_of
from apps.prompts.models import Prompt

MAX_PROMPTS = 50
USUAL_TOLERANCE = 0.05


@dataclass(frozen=True)
class ScheduleTerms:
    """What runs when. `weekday` (Monday is 0) for every week; `tolerance` is a share of passes."""

    prompts: Sequence[Prompt]
    environment: Environment
    model: str
    hour: int
    zone: str
    every: str = Every.DAY
    weekday: int | None = None
    repeats: int = 1
    tolerance: float = USUAL_TOLERANCE
    most_cost: Decimal | None = None


@governed
def make_schedule(suite: Suite, *, terms: ScheduleTerms, actor: User) -> SuiteSchedule:
    """Run the suite by itself on what will be live of these prompts. Rights, models and budgets are
    asked again at each time."""
    locked = lock_suite(suite.pk)
    require(can_make_schedule(actor, locked))
    _require_may_run(actor, locked, terms)
    schedule = SuiteSchedule(suite=locked, environment=terms.environment)
    _take(schedule, terms, actor)
    record(
        events.SCHEDULE_MADE, actor=actor, target=locked, namespace=locked.namespace,
        environment=terms.environment.name, schedule=schedule.pk, every=str(schedule.every),
        prompts=[prompt.pk for prompt in terms.prompts], model=terms.model,
        tolerance=terms.tolerance,
    )  # fmt: skip
    return schedule


@governed
def change_schedule(
    schedule: SuiteSchedule, *, terms: ScheduleTerms, actor: User
) -> SuiteSchedule:  # fmt: skip
    """Run it otherwise, on behalf of whoever changed it last. Where it asks what is live stays."""
    locked = _locked(schedule)
    require(can_edit_schedule(actor, locked))
    _require_may_run(actor, locked.suite, terms)
    before = _said(locked)
    _take(locked, terms, actor)
    record(
        events.SCHEDULE_CHANGED, actor=actor, before=before, after=_said(locked), **_entry(locked)
    )  # fmt: skip
    return locked


@governed
def pause_schedule(schedule: SuiteSchedule, *, actor: Any) -> SuiteSchedule:
    locked = _locked(schedule)
    require(can_change_schedule(actor, locked, ScheduleState.PAUSED))
    move(locked, "state", ScheduleState.PAUSED, SCHEDULE)
    record(events.SCHEDULE_PAUSED, actor=actor, **_entry(locked))
    return locked


@governed
def resume_schedule(schedule: SuiteSchedule, *, actor: Any) -> SuiteSchedule:
    """What was missed meanwhile is not caught up."""
    locked = _locked(schedule)
    require(can_change_schedule(actor, locked, ScheduleState.ACTIVE))
    locked.next_at = _next(locked, database_now())
    locked.save(update_fields=["next_at"])
    move(locked, "state", ScheduleState.ACTIVE, SCHEDULE)
    record(events.SCHEDULE_RESUMED, actor=actor, **_entry(locked))
    return locked


@governed
def end_schedule(schedule: SuiteSchedule, *, actor: Any) -> SuiteSchedule:
    """It never runs again; what it ran stays."""
    locked = _locked(schedule)
    require(can_change_schedule(actor, locked, ScheduleState.ENDED))
    move(locked, "state", ScheduleState.ENDED, SCHEDULE)
    record(events.SCHEDULE_ENDED, actor=actor, **_entry(locked))
    return locked


@governed
def claim_schedule(schedule: SuiteSchedule, *, actor: Any = SYSTEM) -> SuiteSchedule:
    """Plan the runs of the time that is due, once; after a long downtime once for all times that
    were missed."""
    locked, now = _locked(schedule), database_now()
    require(can_claim_schedule(actor, locked, now))
    due = locked.next_at
    planned = [
        PlannedRun(
            schedule=locked, due_at=due, prompt=prompt, suite=locked.suite,
            environment=locked.environment,
        )
        for prompt in locked.prompts.all()
    ]  # fmt: skip
    PlannedRun.objects.bulk_create(planned)
    locked.last_at, locked.next_at = due, _next(locked, now)
    locked.save(update_fields=["last_at", "next_at"])
    transaction.on_commit(wake_planned)
    record(
        events.SCHEDULE_DUE, actor=actor, on_behalf=[locked.made_by], runs=len(planned),
        due_at=due.isoformat(), **_entry(locked),
    )  # fmt: skip
    return locked


def _require_may_run(actor: User, suite: Suite, terms: ScheduleTerms) -> None:
    _require_sound(terms)
    for prompt in terms.prompts:
        require(can_start_run(actor, suite, prompt))
        require(can_ask_model(terms.model, prompt.namespace))


def _take(schedule: SuiteSchedule, terms: ScheduleTerms, actor: User) -> None:
    """The times are reckoned anew: what was due before the change is not caught up."""
    schedule.model, schedule.repeats, schedule.made_by = terms.model, terms.repeats, actor
    schedule.every, schedule.hour, schedule.zone = terms.every, terms.hour, terms.zone
    schedule.weekday = terms.weekday if terms.every == Every.WEEK else None
    schedule.tolerance, schedule.most_cost = terms.tolerance, terms.most_cost
    schedule.next_at = _next(schedule, database_now())
    schedule.save()
    schedule.prompts.set(terms.prompts)


def _said(schedule: SuiteSchedule) -> dict[str, Any]:
    names = ("model", "repeats", "every", "weekday", "hour", "zone", "tolerance", "made_by_id")
    most = schedule.most_cost
    return {
        **{name: getattr(schedule, name) for name in names},
        "every": str(schedule.every),
        "most_cost": None if most is None else f"{most.normalize():f}",
        "prompts": sorted(schedule.prompts.values_list("pk", flat=True)),
    }


def _next(schedule: SuiteSchedule, after: dt.datetime) -> dt.datetime:
    return next_time(after, hour=schedule.hour, zone=schedule.zone, weekday=schedule.weekday)


def _locked(schedule: SuiteSchedule) -> SuiteSchedule:
    rows = SuiteSchedule.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("suite__namespace", "environment", "made_by").get(pk=schedule.pk)


def _entry(schedule: SuiteSchedule) -> dict[str, Any]:
    return {
        "target": schedule, "namespace": schedule.namespace, "schedule": schedule.pk,
        "suite": schedule.suite_id, "environment": schedule.environment.name,
    }  # fmt: skip


def _require_sound(terms: ScheduleTerms) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(terms.prompts) <= MAX_PROMPTS:
        words = _("Choose 1 to %(most)s prompts.") % {"most": MAX_PROMPTS}
        errors["prompts"] = [words]
    if not 1 <= terms.repeats <= MAX_REPEATS:
        errors["repeats"] = [_("A case is asked 1 to %(most)s times.") % {"most": MAX_REPEATS}]
    if not 0 <= terms.hour <= 23:
        errors["hour"] = [_("Choose an hour from 0 to 23.")]
    if terms.every not in Every.values:
        errors["every"] = [_("Choose every night or every week.")]
    if terms.every == Every.WEEK and terms.weekday not in range(7):
        errors["weekday"] = [_("Choose a day of the week.")]
    if not is_zone(terms.zone):
        errors["zone"] = [_("This time zone is not known.")]
    if not 0 <= terms.tolerance <= 1:
        errors["tolerance"] = [_("Give points between 0 and 100.")]
    if terms.most_cost is not None and price_of(terms.model, 1, 1) is None:
        words = _("The price of %(model)s is not known, so no run can stop at an amount.")
        errors["most_cost"] = [words % {"model": terms.model}]
    if errors:
        raise Invalid(errors)

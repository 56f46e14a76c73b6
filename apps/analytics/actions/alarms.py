"""Alarms: set, paused, taken away by people; rung and calmed by the system. All in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.analytics.alarm_words import SHARES
from apps.analytics.events import (
    ALARM_CALMED,
    ALARM_MADE,
    ALARM_PAUSED,
    ALARM_RANG,
    ALARM_REMOVED,
    ALARM_RESUMED,
    ALARM_SEEN,
)
from apps.analytics.models import Alarm
from apps.analytics.permissions import (
    can_change_alarm,
    can_ring,
    can_see_to_alarm,
    can_set_alarm,
    not_there_yet,
)
from apps.analytics.queries.live_checks import sampled_names, sampled_names_in
from apps.analytics.states import ALARM, OF_A_CHECK, AlarmState, Measure
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.environments.models import Environment
from apps.prompts.models import Prompt
from apps.teams.models import Namespace

LONGEST = 168


@dataclass(frozen=True)
class Terms:
    """What is watched: `bound` in percent, milliseconds, dollars, percent, percent or points.
    `subject`: the name of a sampled check; "" for all of them."""

    environment: Environment
    measure: str
    bound: float
    hours: int
    subject: str = ""


@governed
def make_alarm(
    namespace: Namespace, *, prompt: Prompt | None = None, terms: Terms, actor: User
) -> Alarm:
    """For one prompt of the namespace, or for all calls in it and below."""
    require(can_set_alarm(actor, namespace))
    _check(terms, namespace, prompt)
    subject = terms.subject if terms.measure in OF_A_CHECK else ""
    same = Alarm.objects.filter(
        namespace=namespace, prompt=prompt, environment=terms.environment, measure=terms.measure,
        hours=terms.hours, subject=subject,
    )  # fmt: skip
    require(not_there_yet(same.exclude(state=AlarmState.REMOVED).first()))
    alarm = Alarm.objects.create(
        namespace=namespace, prompt=prompt, environment=terms.environment, measure=terms.measure,
        subject=subject, bound=terms.bound, hours=terms.hours, made_by=actor,
    )  # fmt: skip
    record(ALARM_MADE, **_entry(alarm, actor))
    return alarm


@governed
def ring_alarm(alarm: Alarm, *, value: float, actor: Actor) -> Alarm:
    """The measure went over its bound. Whoever may roll back hears of it."""
    alarm = _locked(alarm)
    require(can_ring(actor, alarm, value, AlarmState.RINGING))
    move(alarm, "state", AlarmState.RINGING, ALARM)
    alarm.value, alarm.rang_at, alarm.seen_by = value, database_now(), None
    alarm.save(update_fields=["state", "value", "rang_at", "seen_by"])
    record(ALARM_RANG, **_entry(alarm, actor), value=round(value, 6))
    return alarm


@governed
def calm_alarm(alarm: Alarm, *, value: float, actor: Actor) -> Alarm:
    """The measure is back inside: it can ring again."""
    alarm = _locked(alarm)
    require(can_ring(actor, alarm, value, AlarmState.ARMED))
    _put(alarm, AlarmState.ARMED)
    record(ALARM_CALMED, **_entry(alarm, actor), value=round(value, 6))
    return alarm


@governed
def see_to_alarm(alarm: Alarm, *, actor: User) -> Alarm:
    """Tell the others that one looks after it."""
    alarm = _locked(alarm)
    require(can_see_to_alarm(actor, alarm))
    alarm.seen_by = actor
    alarm.save(update_fields=["seen_by"])
    record(ALARM_SEEN, **_entry(alarm, actor))
    return alarm


@governed
def pause_alarm(alarm: Alarm, *, actor: User) -> Alarm:
    alarm = _locked(alarm)
    require(can_change_alarm(actor, alarm, AlarmState.PAUSED))
    _put(alarm, AlarmState.PAUSED)
    record(ALARM_PAUSED, **_entry(alarm, actor))
    return alarm


@governed
def resume_alarm(alarm: Alarm, *, actor: User) -> Alarm:
    alarm = _locked(alarm)
    require(can_change_alarm(actor, alarm, AlarmState.ARMED))
    _put(alarm, AlarmState.ARMED)
    record(ALARM_RESUMED, **_entry(alarm, actor))
    return alarm


@governed
def remove_alarm(alarm: Alarm, *, actor: User) -> Alarm:
    """It stays in the trail, and another one can be made."""
    alarm = _locked(alarm)
    require(can_change_alarm(actor, alarm, AlarmState.REMOVED))
    _put(alarm, AlarmState.REMOVED)
    record(ALARM_REMOVED, **_entry(alarm, actor))
    return alarm


def _put(alarm: Alarm, state: str) -> None:
    move(alarm, "state", state, ALARM)
    alarm.seen_by = None
    alarm.save(update_fields=["state", "seen_by"])


def _locked(alarm: Alarm) -> Alarm:
    rows = Alarm.objects.select_for_update(of=("self",))
    return rows.select_related("namespace", "prompt", "environment", "seen_by").get(pk=alarm.pk)


def _check(terms: Terms, namespace: Namespace, prompt: Prompt | None) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= terms.hours <= LONGEST:
        errors["hours"] = [_("Give the hours as a number from 1 to 168, which is a week.")]
    if terms.measure not in Measure.values:
        errors["measure"] = [_("Choose what is watched.")]
    if terms.subject and terms.subject not in _sampled(namespace, prompt):
        errors["subject"] = [_("Choose a check by which answers are judged there.")]
    share = terms.measure in (*SHARES, Measure.DRIFT)
    if not 0 < terms.bound <= (100 if share else 1e9):
        errors["bound"] = [_("Give the bound as a number above zero; a share is at most 100 %.")]
    if errors:
        raise Invalid(errors)


def _sampled(namespace: Namespace, prompt: Prompt | None) -> list[str]:
    if prompt is not None:
        return sampled_names(prompt)
    return sampled_names_in(Namespace.objects.filter(lineage__contains=[namespace.pk]))


def _entry(alarm: Alarm, actor: Any) -> dict[str, Any]:
    return {
        "actor": actor, "target": alarm, "namespace": alarm.namespace,
        "environment": alarm.environment.name, "alarm": alarm.pk, "measure": str(alarm.measure),
        "subject": alarm.subject,
        "bound": alarm.bound, "hours": alarm.hours, "prompt": alarm.prompt_id,
    }  # fmt: skip

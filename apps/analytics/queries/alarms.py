"""The alarms, and what each of them measures now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.analytics.alarm_words import LEAST
from apps.analytics.comparing import beyond_chance
from apps.analytics.models import Alarm
from apps.analytics.periods import last_hours
from apps.analytics.queries.figures import checked, liked_total, total
from apps.analytics.scopes import Liked, Scope
from apps.analytics.sketches import percentile
from apps.analytics.states import AlarmState, Measure
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.delivery.checked import EVERY
from apps.prompts.models import Prompt
from apps.teams.models import Capability
from apps.teams.queries import visible_namespaces
from apps.teams.rights import granted_ids

EARLIER = timedelta(days=30)
RELATED = ("namespace", "prompt", "environment", "seen_by")


def visible_alarms(actor: Any) -> QuerySet[Alarm]:
    """Those of namespaces that the actor may see; those that ring come first."""
    rows = Alarm.objects.filter(namespace__in=visible_namespaces(actor))
    rows = rows.exclude(state=AlarmState.REMOVED).select_related(*RELATED)
    return rows.order_by("-state", "namespace__path", "pk")


def alarm_for(actor: Any, pk: int) -> Alarm:
    """One of them, taken away or not; 404 for what the actor may not see."""
    rows = Alarm.objects.filter(namespace__in=visible_namespaces(actor))
    alarm = rows.select_related(*RELATED).filter(pk=pk).first()
    if alarm is None:
        require(not_visible())
    assert alarm is not None
    return alarm


def alarms_of(actor: Any, prompt: Prompt) -> QuerySet[Alarm]:
    """The prompt's own, and those of the namespaces above it that the actor may see."""
    rows = visible_alarms(actor)
    above = rows.filter(prompt=None, namespace__in=prompt.namespace.lineage)
    return (rows.filter(prompt=prompt) | above).order_by("-state", "pk")


def with_rights(actor: Any, alarms: Iterable[Alarm]) -> list[Alarm]:
    """Each says by `may_act` whether the actor may do anything about it. One query."""
    given = set(granted_ids(actor, Capability.COMMENT))
    found = list(alarms)
    for alarm in found:
        alarm.may_act = bool(given & set(alarm.namespace.lineage))  # type: ignore[attr-defined]
    return found


def watched() -> QuerySet[Alarm]:
    """For the system: every alarm that can ring or be calmed."""
    states = [AlarmState.ARMED, AlarmState.RINGING]
    return Alarm.objects.filter(state__in=states).select_related(*RELATED)


def measured(alarm: Alarm) -> float | None:
    """What it watches, now; None while too little came to say."""
    scope = Scope(_prompts(alarm), last_hours(alarm.hours, timezone.now()), alarm.environment_id)
    if alarm.measure == Measure.LIKED:
        told = liked_total(scope)
        return None if told.count < LEAST or told.share is None else told.share * 100
    if alarm.measure == Measure.QUALITY:
        told = checked(scope, "name").get((alarm.subject or EVERY,), Liked())
        return None if told.count < LEAST or told.share is None else told.share * 100
    if alarm.measure == Measure.DRIFT:
        return _drift(scope, alarm.subject or EVERY)
    sums = total(scope, latency=alarm.measure == Measure.LATENCY)
    if alarm.measure == Measure.COST:
        return float(sums.cost)
    if sums.calls < LEAST or sums.error_share is None:
        return None
    if alarm.measure == Measure.LATENCY:
        return percentile(sums.bins, 0.95)
    return sums.error_share * 100


def _drift(scope: Scope, name: str) -> float | None:
    """By how many points the worst version passes less often than before: its own answers of the
    month before the window. What chance alone can make is no drift."""
    earlier = replace(scope, period=replace(
        scope.period, since=scope.period.since - EARLIER, until=scope.period.since
    ))  # fmt: skip
    now, before = checked(scope, "version", "name"), checked(earlier, "version", "name")
    found = []
    for key, told in now.items():
        known = before.get(key, Liked())
        if key[1] == name and min(told.count, known.count) >= LEAST:
            found.append(max(0.0, -100 * (beyond_chance(told, known) or 0.0)))
    return max(found, default=None)


def _prompts(alarm: Alarm) -> tuple[int, ...]:
    if alarm.prompt_id is not None:
        return (alarm.prompt_id,)
    rows = Prompt.objects.filter(namespace__lineage__contains=[alarm.namespace_id])
    return tuple(rows.order_by().values_list("pk", flat=True))

"""Runs of schedules are looked at once they are over; drift is told, and acknowledged."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.actors import SYSTEM
from apps.core.errors import require
from apps.core.states import move
from apps.core.verdicts import ALLOW, not_possible
from apps.evaluations import events
from apps.evaluations.drift_words import drift_words
from apps.evaluations.models import DriftAlarm, PlannedRun
from apps.evaluations.permissions import can_acknowledge_drift
from apps.evaluations.queries.drift import Drift, has_open_alarm, is_alarming
from apps.evaluations.states import PLANNED, PlannedState
from apps.prompts.entrance import clean_text


@working
def mark_read(planned: PlannedRun) -> None:
    """Nothing to tell of."""
    locked = _locked(planned)
    if locked.state == PlannedState.STARTED:
        move(locked, "state", PlannedState.READ, PLANNED)


@governed
def raise_alarm(planned: PlannedRun, *, drift: Drift, actor: Any = SYSTEM) -> DriftAlarm:
    """Keep what was found and tell it. One alarm of a prompt is open at a time."""
    locked = _locked(planned)
    run, schedule, found = locked.run, locked.schedule, drift.comparison
    assert run is not None and schedule is not None
    unread = locked.state == PlannedState.STARTED and not has_open_alarm(locked)
    known = not_possible("known", _("This was told already."))
    require(ALLOW if unread and is_alarming(drift, schedule.tolerance) else known)
    assert found.before is not None and found.after is not None
    assert found.low is not None and found.high is not None
    alarm = DriftAlarm(
        schedule=schedule, prompt=locked.prompt, run=run, earlier=drift.earlier, cases=found.n,
        before=found.before, after=found.after, low=found.low, high=found.high,
        tolerance=schedule.tolerance,
    )  # fmt: skip
    alarm.save()
    move(locked, "state", PlannedState.READ, PLANNED)
    record(
        events.DRIFT_FOUND, actor=actor, target=locked.prompt, namespace=locked.prompt.namespace,
        environment=schedule.environment.name, reason=drift_words(alarm), alarm=alarm.pk,
        schedule=schedule.pk, run=run.pk, earlier=drift.earlier.pk,
        version=run.version.number if run.version else None, model=run.models[0],
        passed_before=found.before, passed_after=found.after, low=found.low, high=found.high,
        tolerance=schedule.tolerance,
    )  # fmt: skip
    return alarm


@governed
def acknowledge_drift(alarm: DriftAlarm, *, note: str = "", actor: User) -> DriftAlarm:
    """From now on, later runs are compared with the one that raised it."""
    rows = DriftAlarm.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.select_related("prompt__namespace", "acknowledged_by").get(pk=alarm.pk)
    require(can_acknowledge_drift(actor, locked))
    kept = clean_text("note", note).strip()[:2000]
    locked.acknowledged_by, locked.note = actor, kept
    locked.acknowledged_at = Now()
    locked.save(update_fields=["acknowledged_by", "acknowledged_at", "note"])
    record(
        events.DRIFT_ACKNOWLEDGED, actor=actor, target=locked.prompt,
        namespace=locked.prompt.namespace, reason=kept, alarm=locked.pk, run=locked.run_id,
    )  # fmt: skip
    return locked


def _locked(planned: PlannedRun) -> PlannedRun:
    rows = PlannedRun.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related(
        "prompt__namespace", "run__version", "schedule__environment", "schedule__suite"
    ).get(pk=planned.pk)

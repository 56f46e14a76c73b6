"""Schedules and drift in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from apps.evaluations.models import DriftAlarm, SuiteSchedule
from apps.evaluations.permissions import can_acknowledge_drift
from apps.evaluations.states import Every


def weekdays() -> list[str]:
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
        _("Sunday"),
    ]  # fmt: skip


def schedule_words(schedule: SuiteSchedule) -> str:
    """ "Every Monday at 03:00 (Europe/Vienna)"."""
    clock = {"hour": f"{schedule.hour:02}:00", "zone": schedule.zone}
    if schedule.every == Every.WEEK and schedule.weekday is not None:
        day = weekdays()[schedule.weekday]
        return _("Every %(day)s at %(hour)s (%(zone)s)") % {**clock, "day": day}
    return _("Every day at %(hour)s (%(zone)s)") % clock


def drift_words(alarm: DriftAlarm) -> str:
    """What was found, and no more than it shows."""
    words = _(
        "%(prompt)s %(version)s passes %(after)s of its cases with %(model)s, where it passed "
        "%(before)s: between %(least)s and %(most)s points of 100 fewer with 95 %% confidence, on "
        "%(cases)s cases. Neither the prompt nor the suite changed. Tolerated are %(tolerance)s."
    )
    return words % {
        "prompt": alarm.prompt, "version": alarm.run.label, "model": alarm.run.models[0],
        "after": percent(alarm.after), "before": percent(alarm.before), "cases": alarm.cases,
        "least": f"{-alarm.high * 100:.1f}", "most": f"{-alarm.low * 100:.1f}",
        "tolerance": f"{alarm.tolerance * 100:g}",
    }  # fmt: skip


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def told_alarms(alarms: Iterable[DriftAlarm], person: Any) -> list[dict[str, Any]]:
    """Alarms as pages show them."""
    return [
        {
            "alarm": alarm, "words": drift_words(alarm),
            "may": can_acknowledge_drift(person, alarm),
        }
        for alarm in alarms
    ]  # fmt: skip

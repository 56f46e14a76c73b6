from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.states import Transitions


class Measure(models.TextChoices):
    """What an alarm watches. The bound is in percent, milliseconds, dollars, percent,
    percent, points."""

    ERRORS = "errors", _("Share of errors")
    LATENCY = "latency", _("Slowest twentieth (p95)")
    COST = "cost", _("Cost")
    LIKED = "liked", _("Satisfaction")
    QUALITY = "quality", _("Sampled answers that pass")
    DRIFT = "drift", _("Drift of a sampled check")


OF_A_CHECK = (Measure.QUALITY, Measure.DRIFT)


class AlarmState(models.TextChoices):
    ARMED = "armed", _("Watches")
    RINGING = "ringing", _("Rings")
    PAUSED = "paused", _("Paused")
    REMOVED = "removed", _("Taken away")


ALARM: Transitions = {
    AlarmState.ARMED: {AlarmState.RINGING, AlarmState.PAUSED, AlarmState.REMOVED},
    AlarmState.RINGING: {AlarmState.ARMED, AlarmState.PAUSED, AlarmState.REMOVED},
    AlarmState.PAUSED: {AlarmState.ARMED, AlarmState.REMOVED},
}


class LiveState(models.TextChoices):
    ON = "on", _("Judges")
    PAUSED = "paused", _("Paused")


LIVE: Transitions = {LiveState.ON: {LiveState.PAUSED}, LiveState.PAUSED: {LiveState.ON}}

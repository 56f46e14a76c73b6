"""What runs by itself: the sums are kept up to date, and the alarms look at them."""

from __future__ import annotations

import logging
import time

from apps.analytics.actions import calm_alarm, drain_touched, ring_alarm
from apps.analytics.alarm_words import beyond
from apps.analytics.models import Alarm
from apps.analytics.queries.alarms import measured, watched
from apps.analytics.states import AlarmState
from apps.core.actors import SYSTEM

log = logging.getLogger("galley.analytics")
OFTEN = 10.0  # seconds between two looks without news
_looked = float("-inf")
AT_ONCE = 2.0  # seconds of one turn: letters and releases wait for the same worker


def keep() -> int:
    """What the sweeper does: alarms look after news, and now and then, since time goes on."""
    global _looked
    taken = drain()
    if taken or time.monotonic() - _looked > OFTEN:
        _looked = time.monotonic()
        taken += watch()
    return taken


def drain() -> int:
    """Until nothing is left, or for a moment; how many marks were taken away."""
    taken, until = 0, time.monotonic() + AT_ONCE
    while time.monotonic() < until:
        found = drain_touched()
        taken += found
        if not found:
            break
    return taken


def watch() -> int:
    """Ring and calm; one alarm that fails leaves the others alone."""
    return sum(_look(alarm) for alarm in watched())


def _look(alarm: Alarm) -> int:
    try:
        value = measured(alarm)
        if value is None:
            return 0
        rings = alarm.state == AlarmState.RINGING
        if beyond(alarm, value) == rings:
            return 0
        (calm_alarm if rings else ring_alarm)(alarm, value=value, actor=SYSTEM)
        return 1
    except Exception:  # the next turn looks again
        log.exception("the alarm %s could not be looked at", alarm.pk)
        return 0

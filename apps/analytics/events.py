from __future__ import annotations

from apps.audit.registry import declare

KEYS = ("alarm", "measure", "subject", "bound", "hours", "prompt")

ALARM_MADE = declare("analytics.alarm.made", "{actor} set the alarm {target}", *KEYS)
ALARM_RANG = declare("analytics.alarm.rang", "The alarm {target} rang", *KEYS, "value")
ALARM_CALMED = declare(
    "analytics.alarm.calmed", "The alarm {target} is back inside its bound", *KEYS, "value"
)
ALARM_SEEN = declare("analytics.alarm.seen", "{actor} sees to the alarm {target}", *KEYS)
ALARM_PAUSED = declare("analytics.alarm.paused", "{actor} paused the alarm {target}", *KEYS)
ALARM_RESUMED = declare("analytics.alarm.resumed", "{actor} set the alarm {target} again", *KEYS)
ALARM_REMOVED = declare("analytics.alarm.removed", "{actor} took the alarm {target} away", *KEYS)
CALLS_REPLAYED = declare(
    "analytics.calls.replayed", "{actor} replayed calls of {target} on a candidate",
    "prompt", "suite", "run", "cases", "version",
)  # fmt: skip

LIVE_KEYS = ("suite", "judge", "share", "most_a_day", "prompt")

LIVE_SET = declare(
    "analytics.live_check.set", "{actor} set how live answers are checked: {target}", *LIVE_KEYS
)
LIVE_PAUSED = declare(
    "analytics.live_check.paused", "{actor} paused the checks of live answers: {target}", *LIVE_KEYS
)
LIVE_RESUMED = declare(
    "analytics.live_check.resumed",
    "{actor} took up the checks of live answers again: {target}",
    *LIVE_KEYS,
)

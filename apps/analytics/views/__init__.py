from apps.analytics.views.alarms import alarm, alarms, make_alarm
from apps.analytics.views.dashboard import dashboard
from apps.analytics.views.live_checks import live_check, switch_live
from apps.analytics.views.replay import replay
from apps.analytics.views.traffic import take_calls

__all__ = [
    "alarm",
    "alarms",
    "dashboard",
    "live_check",
    "make_alarm",
    "replay",
    "switch_live",
    "take_calls",
]

from apps.analytics.actions.alarms import (
    Terms,
    calm_alarm,
    make_alarm,
    pause_alarm,
    remove_alarm,
    resume_alarm,
    ring_alarm,
    see_to_alarm,
)
from apps.analytics.actions.live_checks import (
    LiveTerms,
    pause_live_check,
    resume_live_check,
    set_live_check,
)
from apps.analytics.actions.live_work import Looked, forget_looks, keep_looks, leave_live, take_live
from apps.analytics.actions.replay import replay_calls
from apps.analytics.actions.rollups import drain_touched, rebuild_day

__all__ = [
    "LiveTerms",
    "Looked",
    "Terms",
    "calm_alarm",
    "drain_touched",
    "forget_looks",
    "keep_looks",
    "leave_live",
    "make_alarm",
    "pause_alarm",
    "pause_live_check",
    "rebuild_day",
    "remove_alarm",
    "replay_calls",
    "resume_alarm",
    "resume_live_check",
    "ring_alarm",
    "see_to_alarm",
    "set_live_check",
    "take_live",
]

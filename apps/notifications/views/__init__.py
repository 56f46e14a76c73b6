from apps.notifications.views.following import follow_namespace, follow_prompt
from apps.notifications.views.inbox import counts, mark_done, mark_undone, snooze

__all__ = [
    "counts",
    "follow_namespace",
    "follow_prompt",
    "mark_done",
    "mark_undone",
    "snooze",
]

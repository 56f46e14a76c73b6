from apps.notifications.views.following import follow_namespace, follow_prompt, follow_thread
from apps.notifications.views.inbox import accept_suggestion, counts, mark_done, mark_undone, snooze
from apps.notifications.views.letters import drop_letter, try_letter_again
from apps.notifications.views.mute import mute_by_letter
from apps.notifications.views.settings import (
    follow_path,
    send_test_letter,
    settings,
    stop_following,
)

__all__ = [
    "accept_suggestion",
    "counts",
    "drop_letter",
    "follow_namespace",
    "follow_path",
    "follow_prompt",
    "follow_thread",
    "mark_done",
    "mark_undone",
    "mute_by_letter",
    "send_test_letter",
    "settings",
    "snooze",
    "stop_following",
    "try_letter_again",
]

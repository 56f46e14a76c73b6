from apps.notifications.actions.inbox import (
    mark_done,
    mark_undone,
    put_into_inbox,
    snooze,
    wake_items,
)
from apps.notifications.actions.letters import (
    Outcome,
    drop_letter,
    put_off_letters,
    send_letter,
    try_letter_again,
    write_letter,
)
from apps.notifications.actions.telling import tell_comment, tell_suggestion
from apps.notifications.actions.wishes import (
    choose_ways,
    follow_namespace,
    follow_prompt,
    follow_thread,
    stop_following,
    stop_mail,
)

__all__ = [
    "Outcome",
    "choose_ways",
    "drop_letter",
    "follow_namespace",
    "follow_prompt",
    "follow_thread",
    "mark_done",
    "mark_undone",
    "put_into_inbox",
    "put_off_letters",
    "send_letter",
    "snooze",
    "stop_following",
    "stop_mail",
    "tell_comment",
    "tell_suggestion",
    "try_letter_again",
    "wake_items",
    "write_letter",
]

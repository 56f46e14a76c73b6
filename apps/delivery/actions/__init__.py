from apps.delivery.actions.feedback import match_waiting, wait_for_calls
from apps.delivery.actions.intake import note_names, take_calls, take_feedback, take_new_calls
from apps.delivery.actions.keeping import answer_once, forget_answers
from apps.delivery.actions.rules import (
    drop_old_days,
    erase_values,
    forget_calls,
    make_days_ahead,
    remove_keeping_rule,
    set_keeping_rule,
)

__all__ = [
    "answer_once",
    "drop_old_days",
    "erase_values",
    "forget_answers",
    "forget_calls",
    "make_days_ahead",
    "match_waiting",
    "note_names",
    "remove_keeping_rule",
    "set_keeping_rule",
    "take_calls",
    "take_feedback",
    "take_new_calls",
    "wait_for_calls",
]

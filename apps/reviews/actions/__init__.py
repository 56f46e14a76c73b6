from apps.reviews.actions.closing import close_released, overtake_review
from apps.reviews.actions.decisions import approve_review, request_changes
from apps.reviews.actions.looks import look_at_review
from apps.reviews.actions.requests import request_review, withdraw_review
from apps.reviews.actions.threads import reopen_thread, reply, resolve_thread, start_thread

__all__ = [
    "approve_review",
    "close_released",
    "look_at_review",
    "overtake_review",
    "reopen_thread",
    "reply",
    "request_changes",
    "request_review",
    "resolve_thread",
    "start_thread",
    "withdraw_review",
]

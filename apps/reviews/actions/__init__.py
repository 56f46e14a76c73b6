from apps.reviews.actions.closing import close_released, overtake_review
from apps.reviews.actions.decisions import approve_review, request_changes
from apps.reviews.actions.looks import look_at_review
from apps.reviews.actions.requests import request_review, withdraw_review
from apps.reviews.actions.suggestions import (
    accept_suggestion,
    dismiss_suggestion,
    reopen_suggestion,
    suggest,
    suggest_in_draft,
)
from apps.reviews.actions.threads import (
    edit_comment,
    reopen_thread,
    reply,
    resolve_thread,
    start_draft_thread,
    start_thread,
)

__all__ = [
    "accept_suggestion",
    "approve_review",
    "close_released",
    "dismiss_suggestion",
    "edit_comment",
    "look_at_review",
    "overtake_review",
    "reopen_suggestion",
    "reopen_thread",
    "reply",
    "request_changes",
    "request_review",
    "resolve_thread",
    "start_draft_thread",
    "start_thread",
    "suggest",
    "suggest_in_draft",
    "withdraw_review",
]

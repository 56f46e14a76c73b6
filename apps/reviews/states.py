from __future__ import annotations

from django.db import models

from apps.core.states import Transitions


class ReviewState(models.TextChoices):
    OPEN = "open", "Waiting for review"
    APPROVED = "approved", "Approved"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RELEASED = "released", "Released"
    OVERTAKEN = "overtaken", "Overtaken"


S = ReviewState
REVIEW: Transitions = {
    S.OPEN: {S.APPROVED, S.CHANGES_REQUESTED, S.RELEASED, S.WITHDRAWN},
    S.CHANGES_REQUESTED: {S.OPEN, S.WITHDRAWN},
    S.APPROVED: {S.OPEN, S.RELEASED, S.OVERTAKEN, S.WITHDRAWN},
    S.OVERTAKEN: {S.OPEN},
}
RUNNING = (S.OPEN, S.APPROVED, S.CHANGES_REQUESTED)


class DecisionKind(models.TextChoices):
    APPROVE = "approve", "Approved"
    REQUEST_CHANGES = "request_changes", "Asked for changes"


class SuggestionState(models.TextChoices):
    OPEN = "open", "Suggested"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"


SUGGESTION: Transitions = {
    SuggestionState.OPEN: {SuggestionState.ACCEPTED, SuggestionState.DISMISSED},
    SuggestionState.DISMISSED: {SuggestionState.OPEN},
}

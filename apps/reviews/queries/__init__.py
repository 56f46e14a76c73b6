from apps.reviews.queries.approvals import (
    approvals_for,
    changes_asked_for,
    contributors_since_live,
    counted,
    enough,
    needed_for,
    reviewers_of,
    reviewers_of_version,
)
from apps.reviews.queries.lists import (
    Choice,
    asked_by,
    current_round,
    last_choice,
    requested_environments,
    review_for,
    running_review,
    thread_for,
    visible_reviews,
)
from apps.reviews.queries.page import ReviewFacts, comparison_with_live, facts, threads_of
from apps.reviews.queries.waiting import waiting_for

__all__ = [
    "Choice",
    "ReviewFacts",
    "approvals_for",
    "asked_by",
    "changes_asked_for",
    "comparison_with_live",
    "contributors_since_live",
    "counted",
    "current_round",
    "enough",
    "facts",
    "last_choice",
    "needed_for",
    "requested_environments",
    "review_for",
    "reviewers_of",
    "reviewers_of_version",
    "running_review",
    "thread_for",
    "threads_of",
    "visible_reviews",
    "waiting_for",
]

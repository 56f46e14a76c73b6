from apps.reviews.queries.approvals import (
    approvals_for,
    changes_asked_for,
    contributors_since_live,
    counted,
    needed_for,
    too_old,
)
from apps.reviews.queries.deciding import enough, reviewers_of, reviewers_of_version
from apps.reviews.queries.lists import (
    Choice,
    asked_by,
    current_round,
    last_choice,
    requested_environments,
    review_about,
    review_for,
    running_review,
    thread_for,
    visible_reviews,
)
from apps.reviews.queries.page import ReviewFacts, comparison_with_live, facts
from apps.reviews.queries.signatures import (
    locks_touched,
    signatures,
    unsigned_locks,
    who_can_sign,
)
from apps.reviews.queries.threads import comment_counts, threads_of, threads_on_draft
from apps.reviews.queries.waiting import waiting_for

__all__ = [
    "Choice",
    "ReviewFacts",
    "approvals_for",
    "asked_by",
    "changes_asked_for",
    "comment_counts",
    "comparison_with_live",
    "contributors_since_live",
    "counted",
    "current_round",
    "enough",
    "facts",
    "last_choice",
    "locks_touched",
    "needed_for",
    "requested_environments",
    "review_about",
    "review_for",
    "reviewers_of",
    "reviewers_of_version",
    "running_review",
    "signatures",
    "thread_for",
    "threads_of",
    "threads_on_draft",
    "too_old",
    "unsigned_locks",
    "visible_reviews",
    "waiting_for",
    "who_can_sign",
]

"""Events of reviews. The target is the prompt; `review` is the review's id, `version` a number."""

from __future__ import annotations

from apps.audit.registry import declare

REQUESTED = declare(
    "reviews.review.requested",
    "{actor} asked for a review of {target} v{version} for {environment}",
    "review", "round", "version", "release_when_approved",
)  # fmt: skip
APPROVED = declare(
    "reviews.review.approved",
    "{actor} approved {target} v{version} for {environment}",
    "review", "round", "version", "content_hash", "live_revision", "last",
    denied="{actor} tried to approve {target} v{version} for {environment}",
)  # fmt: skip
CHANGES_REQUESTED = declare(
    "reviews.review.changes_requested",
    "{actor} asked for changes of {target} v{version} for {environment}",
    "review", "round", "version", "content_hash",
    denied="{actor} tried to ask for changes of {target} v{version} for {environment}",
)  # fmt: skip
WITHDRAWN = declare(
    "reviews.review.withdrawn",
    "{actor} withdrew the review of {target} v{version} for {environment}",
    "review", "round", "version",
)  # fmt: skip
RELEASED = declare(
    "reviews.review.released",
    "The review of {target} v{version} for {environment} ended: it went live",
    "review", "round", "version", "release",
)  # fmt: skip
OVERTAKEN = declare(
    "reviews.review.overtaken",
    "The review of {target} v{version} for {environment} was overtaken by v{by}",
    "review", "round", "version", "release", "by",
)  # fmt: skip

from __future__ import annotations

import logging

from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Refused
from apps.reviews.models import Review
from apps.reviews.states import ReviewState

log = logging.getLogger("galley.releases")


def release_what_was_approved(entry: AuditEntry) -> None:
    """After the last approval: released, where the rule or the author said so.

    Handling the same entry again finds the review released and does nothing. What is refused now
    (a gate closed, somebody lost a right) stays approved and waits for a releaser.
    """
    from apps.releases.actions import release_approved

    rows = Review.objects.select_related("prompt__namespace", "environment")
    review = rows.filter(pk=entry.data["review"]).first()
    if review is None or review.state != ReviewState.APPROVED:
        return
    try:
        release_approved(review, actor=SYSTEM)
    except Refused as refusal:
        log.info("review %s was not released by itself: %s", review.pk, refusal.verdict.code)

"""What a release does to the reviews of its place. Called by the release, in its transaction."""

from __future__ import annotations

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.states import move
from apps.environments.models import Release
from apps.reviews.events import OVERTAKEN, RELEASED
from apps.reviews.locks import mark_changed
from apps.reviews.models import Review
from apps.reviews.permissions import fits
from apps.reviews.queries import current_round
from apps.reviews.states import REVIEW, ReviewState


@governed
def close_released(review: Review, *, release: Release, actor: Actor) -> Review:
    """The version under review went live."""
    require(fits(review, release))
    number = current_round(review)
    move(review, "state", ReviewState.RELEASED, REVIEW)
    review.release = release
    review.save(update_fields=["release"])
    mark_changed(review)
    record(
        RELEASED,
        actor=actor,
        target=review.prompt,
        namespace=review.prompt.namespace,
        environment=review.environment.name,
        review=review.pk,
        round=number.number,
        version=number.version.number,
        release=release.pk,
    )
    return review


@governed
def overtake_review(review: Review, *, release: Release, actor: Actor) -> Review:
    """Another version went live where this one was approved: its approvals are about the past."""
    require(fits(review, release))
    number = current_round(review)
    move(review, "state", ReviewState.OVERTAKEN, REVIEW)
    mark_changed(review)
    record(
        OVERTAKEN,
        actor=actor,
        target=review.prompt,
        namespace=review.prompt.namespace,
        environment=review.environment.name,
        review=review.pk,
        round=number.number,
        version=number.version.number,
        release=release.pk,
        by=release.version.number,
    )
    return review

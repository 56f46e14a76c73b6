"""What is new in a review for somebody who has looked at it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.core.actors import Actor
from apps.environments.models import Release
from apps.environments.queries import live_release
from apps.prompts.models import Version
from apps.reviews.models import Comment, Decision, Look, Review, Round
from apps.reviews.queries.lists import current_round
from apps.reviews.queries.threads import Threads
from apps.reviews.states import DecisionKind, ReviewState


@dataclass(frozen=True)
class News:
    """Since `at`, when this person saw `version`. `moved`: what went live there meanwhile, so that
    the differences that were seen then are not those of now."""

    version: Version
    at: datetime
    is_edited: bool  # another version is under review
    moved: Release | None
    comments: list[Comment]

    @property
    def nothing(self) -> bool:
        return not (self.is_edited or self.moved or self.comments)


def news_for(look: Look | None, review: Review, threads: Threads) -> News | None:
    """None for who is here for the first time. Comments of others that came since are marked with
    `is_new`, for the page."""
    if look is None or look.earlier_version is None or look.earlier_at is None:
        return None
    return News(
        version=look.earlier_version,
        at=look.earlier_at,
        is_edited=look.earlier_version_id != current_round(review).version_id,
        moved=_live_since(review, look.earlier_at),
        comments=_new_comments(threads, look.earlier_at, look.person_id),
    )


def _live_since(review: Review, at: datetime) -> Release | None:
    live = live_release(review.prompt, review.environment)
    return live if live and live.made_at > at else None


def _new_comments(threads: Threads, at: datetime, person_id: int) -> list[Comment]:
    found = [comment for thread in threads for comment in thread.comments.all()]
    new = [c for c in found if c.created_at > at and c.author_id != person_id]
    for comment in new:
        comment.is_new = True  # type: ignore[attr-defined]  # read by pages
    return new


def has_seen(actor: Actor, review: Review, number: int) -> bool:
    """Whether a person was shown version `number` of this review in full, with what is live now
    beside it. Each look shows everything, or what is new since the one before it."""
    look = look_of(actor, review)
    if look is None or look.earlier_version is None or look.earlier_at is None:
        return False
    return look.earlier_version.number == number and not _live_since(review, look.earlier_at)


def look_of(actor: Actor, review: Review) -> Look | None:
    rows = Look.objects.filter(review=review, person_id=int(actor.audit_id))
    return rows.select_related("version", "earlier_version").first()


@dataclass(frozen=True)
class Reset:
    """Approvals that an edit ended: whose, and of which version."""

    round: Round
    decisions: list[Decision]


def reset_by_edit(review: Review) -> Reset | None:
    """The newest approvals of an older text, while the text of now waits for its own."""
    now = current_round(review)
    if review.state != ReviewState.OPEN:
        return None
    for number in review.rounds.all():
        given = [d for d in number.decisions.all() if d.kind == DecisionKind.APPROVE]
        if given:
            return Reset(number, given) if number.version_id != now.version_id else None
    return None

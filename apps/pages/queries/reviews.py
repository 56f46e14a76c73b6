"""Lists of reviews: what waits for a person, what runs, what is over."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.prompts.models import Prompt
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries import current_round, visible_reviews, waiting_for
from apps.reviews.states import RUNNING, DecisionKind

WAITING, RUNNING_TAB, CLOSED = "waiting", "running", "closed"
PAGE = 50


@dataclass(frozen=True)
class ReviewRow:
    review: Review
    round: Round
    approvals: list[Decision]
    waits: bool  # for this person


@dataclass(frozen=True)
class ReviewListing:
    tab: str
    rows: list[ReviewRow]
    counts: dict[str, int]
    has_more: bool


def listing(person: User, tab: str, page: int, prompt: Prompt | None = None) -> ReviewListing:
    """One tab, or with a prompt all of its reviews. A constant number of queries."""
    waiting = waiting_for(person)
    ids = {review.pk for review in waiting}
    rows = visible_reviews(person)
    running = rows.filter(state__in=RUNNING)
    if prompt is not None:
        found = sorted(rows.filter(prompt=prompt), key=lambda r: r.state not in RUNNING)
    elif tab == WAITING:
        found = list(waiting)
    else:
        wanted = running if tab == RUNNING_TAB else rows.exclude(state__in=RUNNING)
        found = list(wanted[: PAGE * page + 1])
    counts = {WAITING: len(waiting), RUNNING_TAB: running.count()}
    shown = found[: PAGE * page]
    return ReviewListing(tab, [_row(r, ids) for r in shown], counts, len(found) > len(shown))


def _row(review: Review, waiting: set[int]) -> ReviewRow:
    number = current_round(review)
    given = [d for d in number.decisions.all() if d.kind == DecisionKind.APPROVE]
    return ReviewRow(review, number, given, review.pk in waiting)

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.environments.models import Release
from apps.environments.queries import live_release, revisions_alike, rule_for
from apps.environments.states import OnLastApproval
from apps.prompts.compare import Comparison, compare
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries.approvals import counted, needed_for
from apps.reviews.queries.deciding import reviewers_of
from apps.reviews.queries.lists import current_round
from apps.reviews.queries.threads import Threads, threads_of


@dataclass(frozen=True)
class ReviewFacts:
    """What the page of a review shows. `base` is what it is compared with: what is live, or what it
    replaced when it went live. `moved`: another version went live since somebody decided."""

    review: Review
    round: Round
    version: Version
    live: Release | None
    base: Release | None
    moved: bool
    needed: int
    by_itself: bool  # goes live with the last approval
    approvals: list[Decision]
    rounds: list[Round]
    comparison: Comparison
    threads: Threads
    reviewers: list[User]

    @property
    def missing(self) -> int:
        return max(0, self.needed - len(self.approvals))

    @property
    def is_last(self) -> bool:
        """Whether one more approval is enough."""
        return self.missing <= 1


def facts(review: Review) -> ReviewFacts:
    number = current_round(review)
    rule = rule_for(review.environment, review.prompt.namespace)
    live = live_release(review.prompt, review.environment)
    base = review.release.replaced if review.release else live
    alike = revisions_alike(live)
    return ReviewFacts(
        review=review,
        round=number,
        version=number.version,
        live=live,
        base=base,
        moved=any(d.live_revision not in alike for d in number.decisions.all()),
        needed=needed_for(rule),
        by_itself=review.release_when_approved or rule.on_last_approval == OnLastApproval.RELEASE,
        approvals=counted(number, rule),
        rounds=list(review.rounds.all()),
        comparison=comparison_with_live(number.version, base),
        threads=threads_of(review),
        reviewers=reviewers_of(review),
    )


def comparison_with_live(version: Version, live: Release | None) -> Comparison:
    """What changes where `version` replaces `live`; all is new where nothing is live."""
    old = version_document(live.version) if live else None
    return compare(old, version_document(version))

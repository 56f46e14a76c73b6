from __future__ import annotations

from apps.audit.restored import can_release_at_all
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import require
from apps.environments.models import Release
from apps.releases.actions.pointer import Move
from apps.releases.actions.release import release_on_the_way
from apps.releases.denied import denied
from apps.releases.events import MADE
from apps.releases.gates import gates, on_the_way
from apps.releases.permissions import (
    all_open,
    can_go_live,
    goes_by_itself,
    stands_for_requester,
)
from apps.releases.queries import how_it_comes
from apps.reviews.locks import lock_review
from apps.reviews.models import Review
from apps.reviews.queries import approvals_for, current_round


@governed
def release_approved(review: Review, *, actor: Actor = SYSTEM) -> Release:
    """Release what was approved, by itself, because the rule or the author said so.

    The standing authority is the rule: SYSTEM acts on behalf of the requester and the approvers.
    Asked anew at this moment: the review is approved and wants this (409 otherwise), the requester
    is active and still holds `edit` or `release` here (403), every approval that is counted still
    counts (its giver still qualifies, the text is the same, what is live is the same), all gates
    are open (409).
    """
    review = lock_review(review)
    require(goes_by_itself(actor, review))
    version, environment = current_round(review).version, review.environment
    version.prompt = prompt = review.prompt
    refusal = denied(MADE, version, environment)
    require(stands_for_requester(review), refusal)
    require(can_go_live(prompt, version, environment), refusal)
    require(can_release_at_all(), refusal)
    require(all_open(gates(version, environment)), refusal)
    approvers = [decision.person for decision in approvals_for(version, environment)]
    people = [review.requested_by, *approvers]
    reason = current_round(review).reason
    for place in on_the_way(version, environment):
        release_on_the_way(
            version,
            environment=place,
            reason=reason,
            review=review,
            refusal=refusal,
            on_behalf=people,
            actor=actor,
        )
    how = how_it_comes(version, environment)
    move = Move(prompt, version, environment, how, reason, review, actor)
    release = move.write()
    record(MADE, **move.entry(release, on_behalf=people))
    return release

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import Rule
from apps.environments.queries import live_revision as revision_live
from apps.environments.queries import rule_for
from apps.prompts.models import Version
from apps.reviews.events import APPROVED, CHANGES_REQUESTED
from apps.reviews.locks import lock_review, mark_changed
from apps.reviews.models import Decision, Review, Round
from apps.reviews.permissions import can_approve_since, can_decide_review
from apps.reviews.queries import current_round, enough
from apps.reviews.states import REVIEW, DecisionKind, ReviewState


@governed
def approve_review(
    review: Review,
    *,
    content_hash: str,
    live_revision: int,
    since: int | None = None,
    reason: str = "",
    actor: User,
) -> Decision:
    """Sign exactly the text that `content_hash` names, in place of what was live as `live_revision`
    (0: nothing), both as they were shown.

    Refused with 409 where they are not what they were: `text_changed` for another text,
    `base_moved` when something else went live, unless the rule lets approvals survive that. Who was
    shown only what changed `since` a version must have seen that one before: else `not_all_shown`.
    """
    review = lock_review(review)
    require(can_decide_review(actor, review), _denied(APPROVED, review))
    number = current_round(review)
    require(_same_text(number.version, content_hash), _denied(APPROVED, review))
    rule = rule_for(review.environment, review.prompt.namespace)
    require(_same_base(review, rule, live_revision), _denied(APPROVED, review))
    require(can_approve_since(actor, review, since), _denied(APPROVED, review))
    _open_again(review)
    decision = _decide(number, DecisionKind.APPROVE, live_revision, reason, actor)
    last = enough(number)
    if last:
        move(review, "state", ReviewState.APPROVED, REVIEW)
    mark_changed(review)
    record(
        APPROVED,
        actor=actor,
        target=review.prompt,
        reason=reason,
        namespace=review.prompt.namespace,
        environment=review.environment.name,
        review=review.pk,
        round=number.number,
        version=number.version.number,
        content_hash=decision.content_hash,
        live_revision=decision.live_revision,
        last=last,
    )
    return decision


@governed
def request_changes(review: Review, *, content_hash: str, reason: str, actor: User) -> Decision:
    """Ask for another text, saying what; this version cannot go live through this review."""
    review = lock_review(review)
    require(can_decide_review(actor, review), _denied(CHANGES_REQUESTED, review))
    number = current_round(review)
    require(_same_text(number.version, content_hash), _denied(CHANGES_REQUESTED, review))
    if not reason.strip():
        raise Invalid({"text": [_("Say what should change.")]})
    _open_again(review)
    revision = revision_live(review.prompt, review.environment)
    decision = _decide(number, DecisionKind.REQUEST_CHANGES, revision, reason, actor)
    move(review, "state", ReviewState.CHANGES_REQUESTED, REVIEW)
    mark_changed(review)
    record(
        CHANGES_REQUESTED,
        actor=actor,
        target=review.prompt,
        reason=reason,
        namespace=review.prompt.namespace,
        environment=review.environment.name,
        review=review.pk,
        round=number.number,
        version=number.version.number,
        content_hash=decision.content_hash,
    )
    return decision


def _open_again(review: Review) -> None:
    """An approved review that may be decided on lacks approvals: it is waiting again."""
    if review.state == ReviewState.APPROVED:
        move(review, "state", ReviewState.OPEN, REVIEW)


def _denied(event: str, review: Review) -> dict[str, Any] | None:
    """Refusals on a protected environment are written down."""
    if not review.environment.protected:
        return None
    return {
        "event": event,
        "target": review.prompt,
        "namespace": review.prompt.namespace,
        "environment": review.environment.name,
        "data": {"review": review.pk, "version": current_round(review).version.number},
    }


def _same_text(version: Version, shown: str) -> Verdict:
    if shown == version.content_hash:
        return ALLOW
    return not_possible(
        "text_changed",
        _(
            "The text under review is not the one that you were shown: v%(number)s was asked for "
            "meanwhile. Read it, then decide."
        )
        % {"number": version.number},
        version=version.number,
        content_hash=version.content_hash,
    )


def _same_base(review: Review, rule: Rule, shown: int) -> Verdict:
    """What is live has to be what the reviewer compared the text with; where approvals survive,
    something newer may be."""
    revision = revision_live(review.prompt, review.environment)
    if shown == revision or (rule.approvals_survive and 0 <= shown < revision):
        return ALLOW
    return not_possible(
        "base_moved",
        _(
            "Something else went live in %(place)s since you were shown this. "
            "Read what changes now, then decide."
        )
        % {"place": review.environment},
        live_revision=revision,
    )


def _decide(number: Round, kind: str, revision: int, reason: str, actor: User) -> Decision:
    return Decision.objects.create(
        round=number,
        person=actor,
        kind=kind,
        reason=reason,
        content_hash=number.version.content_hash,
        live_revision=revision,
    )

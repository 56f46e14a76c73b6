from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor, person_behind
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.core.verdicts import ALLOW, Verdict, not_possible, not_visible
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment
from apps.environments.queries import live_release, revisions_alike, rule_for
from apps.prompts.actions import make_version
from apps.prompts.content import canonical_bytes, content_hash
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_document, draft_of
from apps.reviews.events import REQUESTED, WITHDRAWN
from apps.reviews.locks import lock_review, mark_changed
from apps.reviews.models import Review, Round
from apps.reviews.permissions import (
    can_request_review,
    can_review_version,
    can_withdraw_review,
)
from apps.reviews.queries import current_round
from apps.reviews.queries.approvals import counts_since
from apps.reviews.states import REVIEW, RUNNING, ReviewState


@governed
def request_review(
    prompt: Prompt,
    *,
    environment: Environment,
    version: Version | None = None,
    reason: str,
    summary: str = "",
    release_when_approved: bool = False,
    actor: Actor,
) -> Review:
    """Ask that a version may go to an environment; without `version`, what the draft says now.

    `summary` is what changes in the asker's words, "" where the comparison says it by itself.
    A review of this place that is running, or was overtaken, gets a new round; the decisions of
    its older rounds count for nothing from then on.
    """
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    require(can_request_review(actor, prompt, environment))
    if not reason.strip():
        raise Invalid({"reason": [_("Say in a few words why, for those who review it.")]})
    version = version or _version_of_draft(prompt, reason, actor)
    require(ALLOW if version.prompt_id == prompt.pk else not_visible())
    require(can_review_version(prompt, version, environment))
    asker = person_behind(actor)
    review = _review_of(prompt, environment, asker)
    number = _new_round(review, version, reason, summary, asker)
    review.requested_by = asker
    review.release_when_approved = release_when_approved
    review.save(update_fields=["requested_by", "release_when_approved"])
    mark_changed(review)
    record(
        REQUESTED,
        actor=actor,
        target=prompt,
        reason=reason,
        namespace=prompt.namespace,
        environment=environment.name,
        review=review.pk,
        round=number.number,
        version=version.number,
        release_when_approved=release_when_approved,
    )
    return review


def _version_of_draft(prompt: Prompt, reason: str, actor: Actor) -> Version:
    """A new version of the shared draft, or the newest one where the draft still says the same."""
    draft = draft_of(prompt)
    newest = prompt.versions.order_by("-number").first()
    if newest and content_hash(canonical_bytes(draft_document(draft))) == newest.content_hash:
        return newest
    return make_version(draft, reason=reason, actor=actor)


def _review_of(prompt: Prompt, environment: Environment, asker: User) -> Review:
    """The running or overtaken review of this place, else a new one."""
    rows = Review.objects.select_for_update().filter(prompt=prompt, environment=environment)
    newest = rows.order_by("-pk").first()
    if newest and newest.state in (*RUNNING, ReviewState.OVERTAKEN):
        return newest
    return Review.objects.create(prompt=prompt, environment=environment, requested_by=asker)


def _new_round(review: Review, version: Version, reason: str, summary: str, asker: User) -> Round:
    last = review.rounds.first()
    if last:
        require(_worth_a_round(review, last, version, reason))
    if review.state != ReviewState.OPEN:
        move(review, "state", ReviewState.OPEN, REVIEW)
    return Round.objects.create(
        review=review,
        number=last.number + 1 if last else 1,
        version=version,
        reason=reason,
        summary=summary.strip(),
        requested_by=asker,
    )


def _worth_a_round(review: Review, last: Round, version: Version, reason: str) -> Verdict:
    """The same version again is worth asking only if something happened: what is live there moved
    under the decisions that were made, or they have grown too old; or, after changes were asked
    for, if a new reason says why the text should stay as it is."""
    if last.version_id != version.pk or review.state == ReviewState.OVERTAKEN:
        return ALLOW
    if review.state == ReviewState.CHANGES_REQUESTED:
        return _says_why(last, version, reason)
    alike = revisions_alike(live_release(review.prompt, review.environment))
    since = counts_since(rule_for(review.environment, review.prompt.namespace))
    decisions = last.decisions.all()
    if any(one.live_revision not in alike or one.made_at <= since for one in decisions):
        return ALLOW
    return not_possible(
        "under_review",
        _("v%(number)s is under review for %(place)s already. Change something first.")
        % {"number": version.number, "place": review.environment},
    )


def _says_why(last: Round, version: Version, reason: str) -> Verdict:
    if " ".join(reason.split()).casefold() != " ".join(last.reason.split()).casefold():
        return ALLOW
    return not_possible(
        "changes_asked_for",
        _(
            "Changes of v%(number)s were asked for, and nothing in it changed since. Change the "
            "text, or say in the reason why it should be approved as it is."
        )
        % {"number": version.number},
    )


@governed
def withdraw_review(review: Review, *, reason: str = "", actor: Actor) -> Review:
    """Take the question back; what was decided stays visible."""
    review = lock_review(review)
    require(can_withdraw_review(actor, review))
    number = current_round(review)
    move(review, "state", ReviewState.WITHDRAWN, REVIEW)
    mark_changed(review)
    record(
        WITHDRAWN,
        actor=actor,
        target=review.prompt,
        reason=reason,
        namespace=review.prompt.namespace,
        environment=review.environment.name,
        review=review.pk,
        round=number.number,
        version=number.version.number,
    )
    return review

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from apps.core.actors import Actor, person_behind
from apps.core.text import listing
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.environments.models import Environment, Release
from apps.environments.queries import live_version, locks_for, rule_for
from apps.prompts.models import Prompt, Version
from apps.prompts.permissions import can_edit_draft
from apps.prompts.states import Lifecycle
from apps.reviews.models import Comment, Review, Suggestion, Thread
from apps.reviews.queries import contributors_since_live, current_round, enough
from apps.reviews.queries.approvals import may_approve_own
from apps.reviews.queries.looks import has_seen
from apps.reviews.queries.signatures import signs_for
from apps.reviews.queries.threads import draft_for
from apps.reviews.states import RUNNING, ReviewState
from apps.teams.models import Capability, Membership
from apps.teams.permissions import can

STATE_SENTENCES = {
    ReviewState.APPROVED: later("This version is approved already."),
    ReviewState.CHANGES_REQUESTED: later(
        "Changes were asked for. It can be decided again when a new version is under review."
    ),
    ReviewState.WITHDRAWN: later("This review was withdrawn."),
    ReviewState.RELEASED: later("This version is live, so the review is closed."),
    ReviewState.OVERTAKEN: later("Another version went live meanwhile. Ask for a new round."),
}


def can_request_review(
    actor: Actor | None, prompt: Prompt, environment: Environment | None = None
) -> Verdict:
    """Whoever writes may ask, and whoever releases: the one before the work, the other after it.
    A key asks for its owner, and for its own environment alone."""
    verdict = can(actor, Capability.VIEW, prompt)
    if not verdict:
        return verdict
    if actor is None or person_behind(actor) is None:
        return not_allowed("people_only", _("Only a person can ask for a review."))
    rights = (Capability.EDIT, Capability.RELEASE, Capability.PUBLISH)
    if not any(actor.holds(right, prompt.namespace, environment) for right in rights):
        return can(actor, Capability.EDIT, prompt, environment)
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return not_possible("archived", _("This prompt is archived. Restore it first."))
    return ALLOW


def can_review_version(prompt: Prompt, version: Version, environment: Environment) -> Verdict:
    """Whether there is anything to review."""
    asks = rule_for(environment, prompt.namespace).approvals or locks_for(
        environment, prompt.namespace
    )
    if not asks:
        return not_possible(
            "no_approval_needed",
            _("%(place)s needs no approval. Release v%(number)s there at once.")
            % {"place": environment, "number": version.number},
        )
    live = live_version(prompt, environment)
    if live is not None and live.pk == version.pk:
        return not_possible(
            "already_live",
            _("v%(number)s is live in %(place)s already. Change something first.")
            % {"place": environment, "number": version.number},
        )
    return ALLOW


def can_decide_review(actor: Actor | None, review: Review) -> Verdict:
    """Approve or ask for changes: the right, the team, not one's own text, and once a round."""
    verdict = can(actor, Capability.REVIEW, review.prompt)
    if not verdict:
        return verdict
    if actor is None or actor.kind != "person":
        return not_allowed("people_only", _("Only a person can approve."))
    person = int(actor.audit_id)
    return _in_team(person, review) and _not_own(person, review) and _open_for(person, review)


def _in_team(person: int, review: Review) -> Verdict:
    rule = rule_for(review.environment, review.prompt.namespace)
    teams = list(rule.teams.all())
    if not teams or Membership.objects.filter(team__in=teams, person=person).exists():
        return ALLOW
    if signs_for(person, current_round(review).version, review.environment):
        return ALLOW
    names = listing([team.name for team in teams], _("or"))
    return not_allowed(
        "wrong_team",
        _("For %(place)s only people of %(teams)s decide. You may comment.")
        % {"place": review.environment, "teams": names},
    )


def _not_own(person: int, review: Review) -> Verdict:
    rule = rule_for(review.environment, review.prompt.namespace)
    version = current_round(review).version
    if may_approve_own(rule) or person not in contributors_since_live(version, review.environment):
        return ALLOW
    live = live_version(review.prompt, review.environment)
    since = (
        _("since v%(number)s went live") % {"number": live.number}
        if live and live.number < version.number
        else _("before it ever went live")
    )
    return not_allowed(
        "own_edit",
        _("You edited this text %(since)s, so someone else has to approve it.") % {"since": since},
    )


def _open_for(person: int, review: Review) -> Verdict:
    """An approved review too, while its approvals do not suffice any more."""
    number = current_round(review)
    short = review.state == ReviewState.APPROVED and not enough(number)
    if review.state != ReviewState.OPEN and not short:
        return not_possible("not_open", str(STATE_SENTENCES[ReviewState(review.state)]))
    if number.decisions.filter(person=person).exists():
        return not_possible("decided", _("You have decided this round already."))
    return ALLOW


def can_approve_since(actor: Actor, review: Review, since: int | None) -> Verdict:
    """Whether a page that shows only what changed since version `since` shows this person all that
    they did not see before. None: the page shows everything."""
    if since is None or has_seen(actor, review, since):
        return ALLOW
    return not_possible(
        "not_all_shown",
        _(
            "You see only what changed since v%(number)s, and have not seen the rest as it is "
            "now. Show all changes, then decide."
        )
        % {"number": since},
        since=since,
    )


def can_look_at_review(actor: Actor | None, review: Review) -> Verdict:
    return can(actor, Capability.VIEW, review.prompt)


def can_comment_review(actor: Actor | None, review: Review) -> Verdict:
    return can(actor, Capability.COMMENT, review.prompt)


def can_comment_thread(actor: Actor | None, thread: Thread) -> Verdict:
    return can(actor, Capability.COMMENT, thread.prompt)


def can_comment_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    """On a draft, outside of any review."""
    return can(actor, Capability.COMMENT, prompt)


def can_edit_comment(actor: Actor | None, comment: Comment) -> Verdict:
    """Only one's own words, while one may still comment here."""
    verdict = can_comment_thread(actor, comment.thread)
    if verdict and actor is not None and actor.audit_id != str(comment.author_id):
        return not_allowed("not_yours", _("You can change only what you wrote yourself."))
    return verdict


def can_decide_suggestion(actor: Actor | None, suggestion: Suggestion) -> Verdict:
    """Whoever may write in the draft that it is for."""
    return can_edit_draft(actor, draft_for(suggestion))


def can_withdraw_review(actor: Actor | None, review: Review) -> Verdict:
    """Who asked for it, or anyone who may edit here."""
    verdict = can(actor, Capability.VIEW, review.prompt)
    if not verdict:
        return verdict
    assert actor is not None
    mine = actor.kind == "person" and actor.audit_id == str(review.requested_by_id)
    edits = can(actor, Capability.EDIT, review.prompt, review.environment)
    if not mine and not edits:
        return edits
    if review.state not in RUNNING:
        return not_possible("not_running", str(STATE_SENTENCES[ReviewState(review.state)]))
    return ALLOW


def fits(review: Review, release: Release) -> Verdict:
    """A release closes only a review of the same prompt and environment."""
    if (review.prompt_id, review.environment_id) == (release.prompt_id, release.environment_id):
        return ALLOW
    return not_possible("other_place", _("This release belongs to another review."))

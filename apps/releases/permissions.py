from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible, not_visible
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release, live_version, rule_for, was_live
from apps.environments.states import OnLastApproval
from apps.prompts.models import Prompt, Version
from apps.prompts.states import Lifecycle
from apps.releases.assignment import WHOLE
from apps.releases.gates import Gate
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.reviews.states import ReviewState
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_release_version(actor: Actor | None, version: Version, environment: Environment) -> Verdict:
    """The right there, and a version that can go there; the gates are asked apart."""
    verdict = has_right_there(actor, version.prompt, environment)
    return verdict and can_go_live(version.prompt, version, environment)


def has_right_there(actor: Actor | None, prompt: Prompt, environment: Environment) -> Verdict:
    """`publish` where the environment is protected, else `release`."""
    return can(actor, environment.right_to_release, prompt, environment)


def can_go_live(prompt: Prompt, version: Version, environment: Environment) -> Verdict:
    if version.prompt_id != prompt.pk:
        return not_visible()
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return not_possible("archived", _("This prompt is archived. Restore it first."))
    live = live_release(prompt, environment)
    if live is None or live.version_id != version.pk:
        return ALLOW
    if live.is_experiment:
        return experiment_runs(environment)
    if live.split:
        words = _("v%(number)s gets %(share)s %% of the traffic in %(place)s. Give it more there.")
        found = {"number": version.number, "share": live.share, "place": environment}
        return not_possible("rollout_runs", words % found)
    return _already_live(version, environment)


def _already_live(version: Version, environment: Environment) -> Verdict:
    return not_possible(
        "already_live",
        _("v%(number)s is live in %(place)s already.")
        % {"number": version.number, "place": environment},
    )


def experiment_runs(environment: Environment) -> Verdict:
    words = _("An experiment runs in %(place)s. Stop it first.") % {"place": environment}
    return not_possible("experiment_runs", words)


def can_split(prompt: Prompt, environment: Environment, share: int) -> Verdict:
    """Whether a release may begin with a share of the traffic: something else is live to keep the
    rest, and no rollout runs."""
    if not 1 <= share < WHOLE:
        return not_possible("bad_share", _("Give it between 1 and 99 % of the traffic."))
    live = live_release(prompt, environment)
    if live is None:
        words = _("Nothing is live in %(place)s that could keep the rest. Release it all at once.")
        return not_possible("nothing_live", words % {"place": environment})
    return nothing_shared(live, environment)


def nothing_shared(live: Release, environment: Environment) -> Verdict:
    """Whether all the traffic goes to one version now."""
    if live.is_experiment:
        return experiment_runs(environment)
    if live.split:
        words = _("A rollout of v%(number)s runs in %(place)s. Finish it or roll back first.")
        found = {"number": live.version.number, "place": environment}
        return not_possible("rollout_runs", words % found)
    return ALLOW


def can_step(live: Release | None, environment: Environment) -> Verdict:
    """Whether a rollout runs there."""
    if live is not None and live.split and not live.is_experiment:
        return ALLOW
    words = _("No rollout runs in %(place)s now. Look again.") % {"place": environment}
    return not_possible("no_rollout", words)


def can_take_share(live: Release, share: int) -> Verdict:
    if not 1 <= share <= WHOLE:
        words = _("Give it between 1 and 100 % of the traffic. To stop it, roll back.")
        return not_possible("bad_share", words)
    if share == live.share:
        words = _("v%(number)s gets %(share)s %% already.")
        return not_possible("same_share", words % {"number": live.version.number, "share": share})
    return ALLOW


def can_roll_back(actor: Actor | None, prompt: Prompt, environment: Environment) -> Verdict:
    """The right there, and something that was live before."""
    verdict = has_right_there(actor, prompt, environment)
    if not verdict:
        return verdict
    live = live_release(prompt, environment)
    earlier = Release.objects.filter(prompt=prompt, environment=environment)
    shared = live is not None and live.is_experiment
    if live is None or not (shared or earlier.exclude(version=live.version).exists()):
        return not_possible(
            "nothing_before",
            _("No other version of %(prompt)s was live in %(place)s.")
            % {"prompt": prompt, "place": environment},
        )
    return ALLOW


def can_roll_back_to(prompt: Prompt, version: Version, environment: Environment) -> Verdict:
    live = live_version(prompt, environment)
    if was_live(version, environment) and live is not None and live.pk != version.pk:
        return ALLOW
    running = live_release(prompt, environment)
    if running is not None and running.is_experiment and running.version_id == version.pk:
        return ALLOW  # everybody gets it again: the quickest end of an experiment
    if live is not None and live.pk == version.pk:
        return _already_live(version, environment)
    return not_possible(
        "never_live",
        _("v%(number)s was never live in %(place)s. Roll back only to a version that was.")
        % {"number": version.number, "place": environment},
    )


def still_live(live: Release | None, expects: int | None, environment: Environment) -> Verdict:
    """Compare and swap: what is live must be what the person saw."""
    if (live.pk if live else None) == expects:
        return ALLOW
    if live is None:
        return not_possible("stale_release", _("Nothing is live there now. Look again."))
    return not_possible(
        "stale_release",
        _("%(who)s made v%(number)s live in %(place)s meanwhile. Look at it, then decide.")
        % {"who": made_by(live), "number": live.version.number, "place": environment},
        live=live.version.number,
        release=live.pk,
        by=made_by(live),
        at=live.made_at.isoformat(),
    )


def made_by(release: Release) -> str:
    return str(release.made_by) if release.made_by else "Galley"


def all_open(gates: list[Gate]) -> Verdict:
    """Refused while any gate is closed, with what is missing."""
    closed = [gate for gate in gates if not gate.open]
    if not closed:
        return ALLOW
    sentences = [f"{gate.sentence.rstrip('.')}. {gate.detail}".strip() for gate in closed]
    return not_possible("gate_closed", " ".join(sentences), gates=[gate.code for gate in closed])


def belongs(version: Version, prompt: Prompt, review: Review | None = None) -> Verdict:
    """A version, and a review, of another prompt is not to be found here."""
    ids = {version.prompt_id, prompt.pk} | ({review.prompt_id} if review else set())
    return ALLOW if len(ids) == 1 else not_visible()


def can_go_along(
    actor: Actor, version: Version, environment: Environment, review: Review | None
) -> Verdict:
    """Released on the way to a later environment: by a person with the right here too, or by the
    system for a review that is approved, covers this environment and is about this version."""
    if actor.kind != "system":
        return can_release_version(actor, version, environment)
    if (
        review is None
        or not goes_by_itself(actor, review)
        or not covers(review.environment, environment)
        or current_round(review).version_id != version.pk
    ):
        return not_allowed("no_review", _("Nobody approved this version for this environment."))
    return can_go_live(version.prompt, version, environment)


def covers(target: Environment, environment: Environment) -> bool:
    """A review covers its target and the environments before it in the order."""
    if target.pk == environment.pk:
        return True
    if target.position is None or environment.position is None:
        return False
    return environment.position < target.position


def goes_by_itself(actor: Actor, review: Review) -> Verdict:
    """Whether this approved review is released without a releaser: the rule or its author says."""
    if actor.kind != "system":
        return not_allowed("system_only", _("Release it with the button, under your own name."))
    if review.state != ReviewState.APPROVED:
        return not_possible("not_approved", _("This review is not approved."))
    rule = rule_for(review.environment, review.prompt.namespace)
    if review.release_when_approved or rule.on_last_approval == OnLastApproval.RELEASE:
        return ALLOW
    return not_possible("waits", _("After the last approval it waits for a releaser."))


def stands_for_requester(review: Review) -> Verdict:
    """The rule is the authority, not a right of the requester: an author without `publish` may ask
    for "release when approved". But it must still be somebody's wish: the requester is active and
    still holds `edit` or `release` here."""
    rights = (Capability.EDIT, Capability.RELEASE)
    requester = review.requested_by
    if any(requester.holds(right, review.prompt.namespace) for right in rights):
        return ALLOW
    return not_allowed(
        "requester_lost_right",
        _("%(who)s, who asked for this, may not edit or release here any more.")
        % {"who": requester},
    )

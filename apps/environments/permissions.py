from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.clock import database_now
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.environments.models import Environment, Rule, RuleChange
from apps.environments.rules import Terms, loosened
from apps.environments.states import ChangeKind, ChangeState
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_see_rule(actor: Actor | None, rule: Rule) -> Verdict:
    return can(actor, Capability.VIEW, rule.namespace)


def can_change_rule(actor: Actor | None, rule: Rule) -> Verdict:
    return can(actor, Capability.MANAGE, rule.namespace)


def can_override_rule(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.MANAGE, namespace)


def can_remove_rule(actor: Actor | None, rule: Rule) -> Verdict:
    """The rule of the whole installation stays: something must hold everywhere."""
    verdict = can_change_rule(actor, rule)
    if verdict and rule.namespace.is_root:
        return not_possible("first_rule", _("This is the rule that holds everywhere else."))
    return verdict


def can_set_terms(
    environment: Environment, before: Terms, after: Terms, now: dt.datetime | None = None
) -> Verdict:
    """A protected environment's rule only becomes stricter: to loosen it takes a second person."""
    if not environment.protected:
        return ALLOW
    verdict = can_be_terms(environment, after)
    losses = loosened(before, after, now)
    if not verdict or not losses:
        return verdict
    return not_possible(
        "rule_loosened",
        " ".join(losses)
        + " "
        + _("%(place)s is protected: this waits until a second person approves it.")
        % {"place": environment},
    )


def can_set_now(rule: Rule, before: Terms, after: Terms) -> bool:
    """Whether one person is enough; else it is proposed, to be approved by a second."""
    verdict = can_set_terms(rule.environment, before, after, database_now())
    return verdict.code != "rule_loosened"


def can_be_terms(environment: Environment, after: Terms) -> Verdict:
    """What not even two people can make of a protected environment's rule."""
    if environment.protected and after.own_approval:
        return not_possible(
            "own_approval",
            _("In %(place)s nobody approves what they edited. This cannot be switched off.")
            % {"place": environment},
        )
    return ALLOW


def can_propose_change(actor: Actor | None, namespace: Namespace) -> Verdict:
    verdict = can(actor, Capability.MANAGE, namespace)
    if verdict and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can propose a looser rule."))
    return verdict


def can_see_change(actor: Actor | None, change: RuleChange) -> Verdict:
    return can(actor, Capability.MANAGE, change.namespace)


def can_decide_change(actor: Actor | None, change: RuleChange) -> Verdict:
    """A second person who manages the namespace, while it waits."""
    verdict = can(actor, Capability.MANAGE, change.namespace)
    if not verdict:
        return verdict
    if not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can approve a looser rule."))
    if actor.pk == change.proposed_by_id:
        return not_allowed(
            "own_proposal", _("You proposed this, so someone else has to approve it.")
        )
    return is_open(change)


def can_withdraw_change(actor: Actor | None, change: RuleChange) -> Verdict:
    verdict = can(actor, Capability.VIEW, change.namespace)
    if verdict and (actor is None or actor.audit_id != str(change.proposed_by_id)):
        who = (str(change.proposed_by),)
        words = _("Only %(who)s, who proposed this, can withdraw it.") % {"who": who[0]}
        return not_allowed("not_yours", words, who)
    return verdict and is_open(change)


def is_open(change: RuleChange) -> Verdict:
    if change.state == ChangeState.OPEN:
        return ALLOW
    said = ChangeState(change.state).label.lower()
    return not_possible("not_open", _("This is decided already: it was %(said)s.") % {"said": said})


def can_be_proposed(
    rule: Rule, namespace: Namespace, kind: str, before: Terms, after: Terms, now: dt.datetime
) -> Verdict:
    """Only what needs a second person, on a rule that is there, one at a time."""
    place = rule.environment
    own = rule.namespace_id == namespace.pk
    if own == (kind == ChangeKind.OVERRIDE) or (kind == ChangeKind.REMOVE and namespace.is_root):
        words = _("%(place)s has another rule than this page showed. Look again.")
        return not_possible("other_rule", words % {"place": namespace})
    verdict = can_be_terms(place, after)
    if not verdict:
        return verdict
    if can_set_terms(place, before, after, now):
        words = _("This is no looser than the rule: save it, nobody else has to approve it.")
        return not_possible("not_looser", words)
    waiting = RuleChange.objects.filter(environment=place, namespace=namespace)
    if waiting.filter(state=ChangeState.OPEN).exists():
        words = _("Another change of this rule waits for a second person. Decide that one first.")
        return not_possible("waits_already", words)
    return ALLOW


def still_meant(
    change: RuleChange, before: Mapping[str, object], after: Mapping[str, object]
) -> Verdict:
    """On approval: the rule is what the proposal was made against, and its author still may."""
    if before != change.before or after != change.after:
        return not_possible(
            "rule_moved",
            _("The rule changed since this was proposed. Refuse it, and propose it anew."),
        )
    if not change.proposed_by.holds(Capability.MANAGE, change.namespace):
        return not_possible(
            "proposer_lost_right",
            _("%(who)s, who proposed this, does not manage %(place)s any more. Refuse it.")
            % {"who": change.proposed_by, "place": change.namespace},
        )
    return can_be_terms_of(change)


def can_be_terms_of(change: RuleChange) -> Verdict:
    """The rule has to be there, or not, as its kind needs."""
    own = change.environment.rules.filter(namespace=change.namespace).exists()
    if own != (change.kind == ChangeKind.OVERRIDE):
        return ALLOW
    return not_possible(
        "rule_moved",
        _("The rule changed since this was proposed. Refuse it, and propose it anew."),
    )

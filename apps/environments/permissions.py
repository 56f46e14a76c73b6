from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import Environment, Rule
from apps.environments.rules import Terms, loosened
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


def can_set_terms(environment: Environment, before: Terms, after: Terms) -> Verdict:
    """A protected environment's rule only becomes stricter: to loosen it takes a second person."""
    if not environment.protected:
        return ALLOW
    if after.own_approval:
        return not_possible(
            "own_approval",
            _("In %(place)s nobody approves what they edited. This cannot be switched off.")
            % {"place": environment},
        )
    losses = loosened(before, after)
    if not losses:
        return ALLOW
    return not_possible(
        "rule_loosened",
        " ".join(losses)
        + " "
        + _("%(place)s is protected: its rule can only be made stricter here.")
        % {"place": environment},
    )

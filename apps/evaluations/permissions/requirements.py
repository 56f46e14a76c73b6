"""Who may ask for a suite before a release, and who may take that away again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import Suite, SuiteRequirement
from apps.evaluations.states import RequirementState, SuiteState
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_add_requirement(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.MANAGE, namespace)


def can_be_required(suite: Suite, namespace: Namespace) -> Verdict:
    """It serves all prompts that it would be asked for, and it can be run."""
    if suite.namespace_id not in namespace.lineage:
        sentence = _("“%(suite)s” serves %(place)s only, and not all of %(where)s.")
        words = {"suite": suite, "place": suite.namespace, "where": namespace}
        return not_possible("serves_others", sentence % words)
    if suite.state == SuiteState.ARCHIVED:
        sentence = _("“%(suite)s” is archived. Take it out of the archive first.")
        return not_possible("suite_archived", sentence % {"suite": suite})
    return ALLOW


def can_see_requirement(actor: Actor | None, requirement: SuiteRequirement) -> Verdict:
    return can(actor, Capability.VIEW, requirement.namespace)


def can_ask_removal(actor: Actor | None, requirement: SuiteRequirement) -> Verdict:
    """Where the environment is protected, a second person has to agree afterwards."""
    allowed = can(actor, Capability.MANAGE, requirement.namespace)
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can take this away."))
    return _is(requirement, RequirementState.ACTIVE) if allowed else allowed


def can_keep_requirement(actor: Actor | None, requirement: SuiteRequirement) -> Verdict:
    allowed = can(actor, Capability.MANAGE, requirement.namespace)
    return _is(requirement, RequirementState.LEAVING) if allowed else allowed


def can_confirm_removal(actor: Actor | None, requirement: SuiteRequirement) -> Verdict:
    """Somebody else than who asked for it, while that one still manages the namespace."""
    allowed = can_keep_requirement(actor, requirement)
    if not allowed:
        return allowed
    if not isinstance(actor, User) or actor.pk == requirement.asked_by_id:
        sentence = _("You asked for this yourself: a second person who manages %(place)s decides.")
        return not_allowed("second_person", sentence % {"place": requirement.namespace})
    if not can(requirement.asked_by, Capability.MANAGE, requirement.namespace):
        sentence = _("%(who)s, who asked for this, does not manage %(place)s any more.")
        words = {"who": requirement.asked_by, "place": requirement.namespace}
        return not_possible("asker_left", sentence % words)
    return ALLOW


def _is(requirement: SuiteRequirement, state: RequirementState) -> Verdict:
    if requirement.state == state:
        return ALLOW
    said = {
        RequirementState.ACTIVE: _("Nobody asked for its removal."),
        RequirementState.LEAVING: _("Its removal waits for a second person already."),
        RequirementState.REMOVED: _("It was taken away already."),
    }
    return not_possible("other_state", said[RequirementState(requirement.state)])

"""Which suites a release must have passed: added by one, taken away by two where protected."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.environments.models import Environment
from apps.evaluations import events
from apps.evaluations.locks import lock_requirement, lock_suite
from apps.evaluations.models import Suite, SuiteRequirement
from apps.evaluations.permissions import (
    can_add_requirement,
    can_ask_removal,
    can_be_required,
    can_confirm_removal,
    can_keep_requirement,
)
from apps.evaluations.states import REQUIREMENT, Condition, RequirementState
from apps.prompts.entrance import clean_text
from apps.teams.models import Namespace


@governed
def add_requirement(
    environment: Environment,
    *,
    namespace: Namespace,
    suite: Suite,
    condition: str,
    share: float,
    reason: str = "",
    actor: User,
) -> SuiteRequirement:
    """From now on a release into `environment` from `namespace` and below asks for `suite`.

    It is stricter, so nobody else has to agree. `share` is from 0 to 1, as the model says. Invalid
    for another one and for a suite that is asked for there already.
    """
    locked = lock_suite(suite.pk)
    require(can_add_requirement(actor, namespace))
    require(can_be_required(locked, namespace))
    _require_share(share)
    known = SuiteRequirement.objects.filter(
        environment=environment, namespace=namespace, suite=locked
    ).exclude(state=RequirementState.REMOVED)
    if known.exists():
        raise Invalid({"suite": [_("This suite is asked for there already.")]})
    made = SuiteRequirement(
        environment=environment,
        namespace=namespace,
        suite=locked,
        condition=Condition(condition),
        share=share,
        added_by=actor,
    )
    made.save()
    record(
        events.REQUIREMENT_ADDED,
        reason=clean_text("reason", reason).strip(),
        actor=actor,
        condition=made.condition,
        share=made.share,
        **_entry(made),
    )
    return made


@governed
def ask_removal(requirement: SuiteRequirement, *, reason: str, actor: User) -> SuiteRequirement:
    """Take it away, where the environment is not protected; else it holds until a second agrees."""
    locked = lock_requirement(requirement.pk)
    require(can_ask_removal(actor, locked))
    why = clean_text("reason", reason).strip()
    if not why:
        raise Invalid({"reason": [_("Say why, for those who rely on it.")]})
    locked.asked_by, locked.asked_why = actor, why
    locked.removed_by = None if locked.environment.protected else actor
    locked.save()
    if locked.environment.protected:
        move(locked, "state", RequirementState.LEAVING, REQUIREMENT)
        event: str = events.REMOVAL_ASKED
        more: dict[str, Any] = {}
    else:
        move(locked, "state", RequirementState.REMOVED, REQUIREMENT)
        event, more = events.REQUIREMENT_REMOVED, {"asked_by": actor.pk}
    record(event, reason=why, actor=actor, **more, **_entry(locked))
    return locked


@governed
def confirm_removal(
    requirement: SuiteRequirement, *, reason: str = "", actor: User
) -> SuiteRequirement:
    """A second person agrees; who asked for it must still manage the namespace."""
    locked = lock_requirement(requirement.pk)
    require(can_confirm_removal(actor, locked))
    assert locked.asked_by is not None
    locked.removed_by = actor
    locked.save()
    move(locked, "state", RequirementState.REMOVED, REQUIREMENT)
    record(
        events.REQUIREMENT_REMOVED,
        reason=clean_text("reason", reason).strip() or locked.asked_why,
        actor=actor,
        on_behalf=[locked.asked_by],
        asked_by=locked.asked_by.pk,
        **_entry(locked),
    )
    return locked


@governed
def keep_requirement(
    requirement: SuiteRequirement, *, reason: str = "", actor: User
) -> SuiteRequirement:
    """Its removal is refused, or withdrawn by who asked for it."""
    locked = lock_requirement(requirement.pk)
    require(can_keep_requirement(actor, locked))
    locked.asked_by, locked.asked_why = None, ""
    locked.save()
    move(locked, "state", RequirementState.ACTIVE, REQUIREMENT)
    record(
        events.REQUIREMENT_KEPT,
        reason=clean_text("reason", reason).strip(),
        actor=actor,
        **_entry(locked),
    )
    return locked


def _require_share(share: float) -> None:
    if not 0 <= share <= 1:
        raise Invalid({"share": [_("Give a number from 0 to 100.")]})


def _entry(requirement: SuiteRequirement) -> dict[str, Any]:
    return {
        "target": requirement.suite,
        "namespace": requirement.namespace,
        "environment": requirement.environment.name,
    }

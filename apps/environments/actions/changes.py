"""Looser rules of protected environments: proposed by one person, approved by another."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.environments.actions.place import RulePlace
from apps.environments.change_queries import before_and_after, team_names
from apps.environments.events import (
    CHANGE_APPROVED,
    CHANGE_PROPOSED,
    CHANGE_REFUSED,
    CHANGE_WITHDRAWN,
)
from apps.environments.locks import lock_change, lock_holding
from apps.environments.models import Environment, RuleChange
from apps.environments.permissions import (
    can_be_proposed,
    can_decide_change,
    can_propose_change,
    can_withdraw_change,
    still_meant,
)
from apps.environments.rule_checks import check_terms
from apps.environments.rules import Terms, terms_from
from apps.environments.states import CHANGE, ChangeKind, ChangeState
from apps.teams.models import Namespace


@governed
def propose_change(
    environment: Environment,
    *,
    namespace: Namespace,
    kind: str,
    terms: Terms | None = None,
    reason: str,
    actor: User,
) -> RuleChange:
    """Ask a second person for looser terms of the rule of a protected environment: of the rule
    there, of a new one for the namespace, or of the one above instead (`terms` None, to remove).

    Refused with 409: `not_looser` where nobody has to be asked, `waits_already` while another one
    waits, `other_rule` where the rule is not what `kind` needs.
    """
    rule = lock_holding(environment, namespace)
    denied = _denied(CHANGE_PROPOSED, environment, namespace)
    require(can_propose_change(actor, namespace), denied)
    before, after = before_and_after(rule, namespace, kind, terms)
    check_terms(after, reason)
    verdict = can_be_proposed(rule, namespace, kind, before, after, database_now())
    require(verdict, denied)
    change = RuleChange.objects.create(
        environment=environment,
        namespace=namespace,
        kind=kind,
        before=before.as_json(),
        after=after.as_json(),
        reason=reason.strip(),
        proposed_by=actor,
    )
    record(CHANGE_PROPOSED, reason=reason, actor=actor, **_entry(change))
    return change


@governed
def approve_change(change: RuleChange, *, reason: str = "", actor: User) -> RuleChange:
    """Make what was proposed the rule. Everything is asked anew: the rule is what the proposal was
    made against, and who proposed it and who approves both manage the namespace."""
    change = lock_change(change)
    denied = _denied(CHANGE_APPROVED, change.environment, change.namespace)
    require(can_decide_change(actor, change), denied)
    rule = lock_holding(change.environment, change.namespace)
    terms = terms_from(change.after, team_names(change))
    before, after = before_and_after(rule, change.namespace, change.kind, terms)
    require(still_meant(change, before.as_json(), after.as_json()), denied)
    place = RulePlace(change.environment, change.namespace)
    _decide(change, ChangeState.APPROVED, reason, actor)
    if change.kind == ChangeKind.REMOVE:
        place.take_away()
    else:
        place.set_terms(terms)
    entry = _entry(change)
    record(CHANGE_APPROVED, reason=reason, actor=actor, on_behalf=[change.proposed_by], **entry)
    return change


@governed
def refuse_change(change: RuleChange, *, reason: str, actor: User) -> RuleChange:
    """The rule stays as it is."""
    change = lock_change(change)
    denied = _denied(CHANGE_REFUSED, change.environment, change.namespace)
    require(can_decide_change(actor, change), denied)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why, for those who asked for it.")]})
    _decide(change, ChangeState.REFUSED, reason, actor)
    record(CHANGE_REFUSED, reason=reason, actor=actor, **_entry(change))
    return change


@governed
def withdraw_change(change: RuleChange, *, reason: str = "", actor: User) -> RuleChange:
    """Its author takes it back."""
    change = lock_change(change)
    require(can_withdraw_change(actor, change))
    _decide(change, ChangeState.WITHDRAWN, reason, actor)
    record(CHANGE_WITHDRAWN, reason=reason, actor=actor, **_entry(change))
    return change


def _decide(change: RuleChange, state: ChangeState, reason: str, actor: User) -> None:
    change.decided_by, change.decided_at, change.answer = actor, database_now(), reason.strip()
    change.save(update_fields=["decided_by", "decided_at", "answer"])
    move(change, "state", state, CHANGE)


def _entry(change: RuleChange) -> dict[str, Any]:
    return {
        "target": change,
        "before": change.before,
        "after": change.after,
        "namespace": change.namespace,
        "environment": change.environment.name,
        "change": change.pk,
    }


def _denied(event: str, environment: Environment, namespace: Namespace) -> dict[str, Any]:
    return {
        "event": event,
        "target": environment,
        "namespace": namespace,
        "environment": environment.name,
    }

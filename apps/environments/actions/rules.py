from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.environments.events import RULE_CHANGED, RULE_MADE
from apps.environments.models import Environment, Rule
from apps.environments.permissions import can_change_rule, can_override_rule, can_set_terms
from apps.environments.queries import rule_for, terms_of
from apps.environments.rules import MAX_APPROVALS, Terms
from apps.environments.states import OnLastApproval
from apps.teams.models import Namespace


@governed
def change_rule(rule: Rule, *, terms: Terms, reason: str, actor: Actor) -> Rule:
    """Set all terms of a rule. A protected environment's rule can only become stricter (409)."""
    rule = _locked(rule)
    denied = _denied(RULE_CHANGED, rule)
    require(can_change_rule(actor, rule), denied)
    before = terms_of(rule)
    _check(terms, reason)
    require(can_set_terms(rule.environment, before, terms), denied)
    _write(rule, terms)
    record(
        RULE_CHANGED,
        actor=actor,
        target=rule,
        reason=reason,
        before=before.as_json(),
        after=terms.as_json(),
        namespace=rule.namespace,
        environment=rule.environment.name,
    )
    return rule


@governed
def override_rule(
    environment: Environment, *, namespace: Namespace, terms: Terms, reason: str, actor: Actor
) -> Rule:
    """Give a namespace a rule of its own, in place of the one above it."""
    above = _locked(rule_for(environment, namespace))
    denied = _denied(RULE_MADE, above)
    require(can_override_rule(actor, namespace), denied)
    if above.namespace_id == namespace.pk:
        raise Invalid({"namespace": [_("%(place)s has a rule already.") % {"place": namespace}]})
    before = terms_of(above)
    _check(terms, reason)
    require(can_set_terms(environment, before, terms), denied)
    rule = Rule(environment=environment, namespace=namespace)
    _write(rule, terms)
    record(
        RULE_MADE,
        actor=actor,
        target=rule,
        reason=reason,
        before=before.as_json(),
        after=terms.as_json(),
        namespace=namespace,
        environment=environment.name,
    )
    return rule


def _locked(rule: Rule) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",)).select_related("environment", "namespace")
    return rows.get(pk=rule.pk)


def _denied(event: str, rule: Rule) -> dict[str, object] | None:
    """Refusals on a protected environment are written down."""
    if not rule.environment.protected:
        return None
    return {
        "event": event,
        "target": rule,
        "namespace": rule.namespace,
        "environment": rule.environment.name,
    }


def _check(terms: Terms, reason: str) -> None:
    errors = {}
    if not 0 <= terms.approvals <= MAX_APPROVALS:
        errors["approvals"] = [_("Between 0 and %(most)s approvals.") % {"most": MAX_APPROVALS}]
    if terms.on_last_approval not in OnLastApproval.values:
        errors["on_last_approval"] = [_("Choose what happens after the last approval.")]
    if not reason.strip():
        errors["reason"] = [_("Say why the rule changes.")]
    if errors:
        raise Invalid(errors)


def _write(rule: Rule, terms: Terms) -> None:
    rule.approvals = terms.approvals
    rule.on_last_approval = terms.on_last_approval
    rule.own_approval = terms.own_approval
    rule.in_order = terms.in_order
    rule.approvals_survive = terms.approvals_survive
    rule.save()
    rule.teams.set([pk for pk, _name in terms.teams])

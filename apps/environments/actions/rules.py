from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.environments.events import RULE_CHANGED, RULE_MADE, RULE_REMOVED
from apps.environments.models import Environment, Rule
from apps.environments.permissions import (
    can_change_rule,
    can_override_rule,
    can_remove_rule,
    can_set_terms,
)
from apps.environments.queries import rule_above, rule_for, terms_of
from apps.environments.rules import MAX_APPROVALS, MAX_DAYS, Terms
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
    """Give a namespace a rule of its own, in place of the one above it. Of two people who do so at
    once the second is told that there is one already."""
    above = _holding(environment, namespace)
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


@governed
def remove_rule(rule: Rule, *, reason: str, actor: Actor) -> Rule:
    """Take a namespace's own rule away: the one above it holds there again. It is returned. On a
    protected environment that one must ask for no less."""
    _only_one_at_a_time(rule.environment)
    rule = _locked(rule)
    denied = _denied(RULE_REMOVED, rule)
    require(can_remove_rule(actor, rule), denied)
    before, above = terms_of(rule), rule_above(rule)
    after = terms_of(above)
    _check(after, reason)
    require(can_set_terms(rule.environment, before, after), denied)
    rule.teams.clear()
    Rule.objects.filter(pk=rule.pk).delete()  # its history and the entry keep what it said
    record(
        RULE_REMOVED,
        actor=actor,
        target=rule,
        reason=reason,
        before=before.as_json(),
        after=after.as_json(),
        namespace=rule.namespace,
        environment=rule.environment.name,
    )
    return above


def _only_one_at_a_time(environment: Environment) -> None:
    """Which rule holds where is looked up and changed by one person after the other."""
    Environment.objects.select_for_update(no_key=True, of=("self",)).get(pk=environment.pk)


def _holding(environment: Environment, namespace: Namespace) -> Rule:
    """The rule that holds there now, locked."""
    _only_one_at_a_time(environment)
    return _locked(rule_for(environment, namespace))


def _locked(rule: Rule) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",)).select_related("environment", "namespace")
    found = rows.filter(pk=rule.pk).first()
    if found is None:
        sentence = _("This rule was taken away meanwhile. The one above it holds.")
        require(not_possible("rule_gone", sentence))
    assert found is not None
    return found


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
    if not 1 <= terms.approval_days <= MAX_DAYS:
        errors["approval_days"] = [_("Between 1 and %(most)s days.") % {"most": MAX_DAYS}]
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
    rule.approval_days = terms.approval_days
    rule.roll_back_approved = terms.roll_back_approved
    rule.save()
    rule.teams.set([pk for pk, _name in terms.teams])

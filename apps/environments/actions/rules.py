from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.environments.actions.place import RulePlace
from apps.environments.events import RULE_CHANGED, RULE_MADE, RULE_REMOVED
from apps.environments.locks import lock_environment, lock_holding, lock_rule
from apps.environments.models import Environment, Rule
from apps.environments.permissions import (
    can_change_rule,
    can_override_rule,
    can_remove_rule,
    can_set_terms,
)
from apps.environments.queries import rule_above, terms_of
from apps.environments.rule_checks import check_terms
from apps.environments.rules import Terms, replaced
from apps.teams.models import Namespace


@governed
def change_rule(rule: Rule, *, terms: Terms, reason: str, actor: Actor) -> Rule:
    """Set all terms of a rule. Looser ones, where it is protected, are proposed instead (409)."""
    rule = lock_rule(rule)
    denied = _denied(RULE_CHANGED, rule)
    require(can_change_rule(actor, rule), denied)
    before = terms_of(rule)
    check_terms(terms, reason)
    require(can_set_terms(rule.environment, before, terms, database_now()), denied)
    rule = RulePlace(rule.environment, rule.namespace).set_terms(terms)
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
    above = lock_holding(environment, namespace)
    denied = _denied(RULE_MADE, above)
    require(can_override_rule(actor, namespace), denied)
    if above.namespace_id == namespace.pk:
        raise Invalid({"namespace": [_("%(place)s has a rule already.") % {"place": namespace}]})
    before = terms_of(above)
    check_terms(terms, reason)
    require(can_set_terms(environment, replaced(before), terms, database_now()), denied)
    rule = RulePlace(environment, namespace).set_terms(terms)
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
    lock_environment(rule.environment)
    rule = lock_rule(rule)
    denied = _denied(RULE_REMOVED, rule)
    require(can_remove_rule(actor, rule), denied)
    before, above = terms_of(rule), rule_above(rule)
    after = terms_of(above)
    check_terms(after, reason)
    require(can_set_terms(rule.environment, before, after, database_now()), denied)
    RulePlace(rule.environment, rule.namespace).take_away()
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

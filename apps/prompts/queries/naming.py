"""Which naming rule holds where, and which prompts do not fit it."""

from __future__ import annotations

from typing import Any

from apps.prompts.models import NamingRule, Prompt
from apps.prompts.naming import fits
from apps.prompts.queries.prompts import visible_prompts
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces

MOST_SHOWN = 50


def naming_rule_for(namespace: Namespace) -> NamingRule | None:
    """The nearest rule, on the namespace or above it."""
    rows = NamingRule.objects.filter(namespace__in=namespace.lineage).select_related("namespace")
    return max(rows, key=lambda rule: len(rule.namespace.lineage), default=None)


def naming_rules(actor: Any) -> list[NamingRule]:
    """Those of the namespaces that the actor may see, by path."""
    rows = NamingRule.objects.filter(namespace__in=visible_namespaces(actor))
    return list(rows.select_related("namespace"))


def unfitting(actor: Any, namespace: Namespace) -> list[Prompt]:
    """Visible prompts in the namespace or below whose name breaks the rule that holds for them."""
    rows = visible_prompts(actor).filter(namespace__lineage__contains=[namespace.pk])
    found: list[Prompt] = []
    rules: dict[int, NamingRule | None] = {}
    for prompt in rows.select_related("namespace").order_by("path"):
        place = prompt.namespace
        if place.pk not in rules:
            rules[place.pk] = naming_rule_for(place)
        rule = rules[place.pk]
        if rule is not None and not fits(prompt.segment, rule.pattern):
            found.append(prompt)
    return found[:MOST_SHOWN]

"""Writing a rule: the one place that does."""

from __future__ import annotations

from dataclasses import dataclass

from apps.environments.models import Environment, Rule
from apps.environments.rules import SCALARS, Terms
from apps.teams.models import Namespace


@dataclass(frozen=True)
class RulePlace:
    """Where a rule can be. It is locked, and all was asked."""

    environment: Environment
    namespace: Namespace

    def set_terms(self, terms: Terms) -> Rule:
        """Of the rule that is there, else of a new one."""
        here = {"environment": self.environment, "namespace": self.namespace}
        rule = Rule.objects.filter(**here).first() or Rule(**here)
        said = terms.as_json()
        rule.freezes, rule.locks = said["freezes"], said["locks"]
        for name in SCALARS:
            setattr(rule, name, getattr(terms, name))
        rule.save()
        rule.teams.set([pk for pk, _name in terms.teams])
        return rule

    def take_away(self) -> None:
        """Its history and the entry keep what it said."""
        rule = Rule.objects.get(environment=self.environment, namespace=self.namespace)
        rule.teams.clear()
        Rule.objects.filter(pk=rule.pk).delete()

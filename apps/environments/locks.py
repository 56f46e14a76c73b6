"""What decides over one prompt waits for its turn: reviews, releases and rules never interleave.

Order everywhere: the prompt, then its rules, then everybody's rights, then its review, then the
trail.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.core.composed import Composed
from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.environments.models import Environment, Rule, RuleChange
from apps.environments.queries import rule_for
from apps.prompts.models import Prompt
from apps.teams.models import Namespace


def lock_prompt(prompt: Prompt) -> Prompt:
    """The prompt, read anew under its row's lock until the transaction ends."""
    found = _LOCKED.first(prompt.pk)
    if found is None:
        raise Prompt.DoesNotExist
    return found


def _locked(prompt_id: int) -> QuerySet[Prompt]:
    rows = Prompt.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("namespace").filter(pk=prompt_id)


_LOCKED = Composed(_locked, int)


def hold_rules(prompt: Prompt, environment: Environment) -> None:
    """Keep the rules that may hold here, and everybody's rights, as they are until the transaction
    ends. Shared: releases do not wait for each other. Whatever takes a right locks the root."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM environments_rule"
            " WHERE environment_id = %s AND namespace_id = ANY(%s) FOR SHARE",
            [environment.pk, prompt.namespace.lineage],
        )
        cursor.execute("SELECT id FROM teams_namespace WHERE path = '' FOR SHARE")


def lock_environment(environment: Environment) -> None:
    """Which rule holds where is looked up and changed by one person after the other."""
    Environment.objects.select_for_update(no_key=True, of=("self",)).get(pk=environment.pk)


def lock_holding(environment: Environment, namespace: Namespace) -> Rule:
    """The rule that holds there now, locked."""
    lock_environment(environment)
    return lock_rule(rule_for(environment, namespace))


def lock_rule(rule: Rule) -> Rule:
    rows = Rule.objects.select_for_update(of=("self",)).select_related("environment", "namespace")
    found = rows.filter(pk=rule.pk).first()
    if found is None:
        sentence = _("This rule was taken away meanwhile. The one above it holds.")
        require(not_possible("rule_gone", sentence))
    assert found is not None
    return found


def lock_change(change: RuleChange) -> RuleChange:
    lock_environment(change.environment)
    rows = RuleChange.objects.select_for_update(of=("self",))
    return rows.select_related("environment", "namespace", "proposed_by").get(pk=change.pk)

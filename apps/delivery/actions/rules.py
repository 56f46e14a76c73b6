"""What is kept of calls, namespace by namespace; and the job that holds to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.delivery import events
from apps.delivery.calls.chosen import calls
from apps.delivery.erasing import erase_elsewhere
from apps.delivery.keeping_terms import Terms, terms_of
from apps.delivery.models import KeepingRule
from apps.delivery.permissions import can_set_keeping_rule
from apps.delivery.queries import days_of_calls, days_of_values
from apps.teams.models import Namespace

FIGURES_KEPT = timedelta(days=90)
AHEAD = 3  # days


@governed
def set_keeping_rule(namespace: Namespace, *, terms: Terms, actor: Any) -> KeepingRule:
    """What is kept here and below, from the next call on. What is kept already and would not be
    any more is erased within the hour."""
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_set_keeping_rule(actor, place))
    terms.check()
    rule = KeepingRule.objects.filter(namespace=place).first()
    before = terms_of(rule).as_json() if rule else {}
    rule = rule or KeepingRule(namespace=place)
    for name, value in terms.as_json().items():
        setattr(rule, name, value)
    rule.save()
    record(
        events.KEEPING_SET,
        actor=actor, target=place, namespace=place, before=before, after=terms.as_json(),
    )  # fmt: skip
    return rule


@governed
def remove_keeping_rule(namespace: Namespace, *, actor: Any) -> None:
    """The rule above it holds again; without any, nothing is kept."""
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_set_keeping_rule(actor, place))
    rule = KeepingRule.objects.filter(namespace=place).first()
    if rule is None:
        require(not_possible("no_rule", _("%(place)s has no rule of its own.") % {"place": place}))
    assert rule is not None
    before = terms_of(rule).as_json()
    rule.delete()
    record(events.KEEPING_REMOVED, actor=actor, target=place, namespace=place, before=before)


@working
def make_days_ahead() -> None:
    """The partitions of the coming days."""
    today = timezone.now().date()
    calls().make_days(today + timedelta(days=ahead) for ahead in range(AHEAD + 1))


@working
def drop_old_days() -> int:
    """Forget whole days of calls; what was counted from them stays."""
    return calls().drop_before((timezone.now() - FIGURES_KEPT).date())


@working
def forget_calls() -> int:
    """Drop whole days of calls where the rule keeps them for less; what was counted from them
    stays. How many calls."""
    today = timezone.now().date()
    dropped = 0
    for days, prompts in days_of_calls().items():
        dropped += calls().forget(prompts, today - timedelta(days=days))
    return dropped


@working
def erase_values() -> int:
    """Forget what calls said where the rule does not keep it, or not for so long."""
    now = timezone.now()
    erased = 0
    for days, prompts in days_of_values().items():
        before = now - timedelta(days=days)
        erased += calls().erase_values(prompts, before) + erase_elsewhere(prompts, before)
    return erased

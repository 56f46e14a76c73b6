"""How prompts are named in a namespace: said once, by who manages it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.prompts import events
from apps.prompts.entrance import clean_line
from apps.prompts.models import NamingRule
from apps.prompts.naming import MAX_PATTERN, MAX_SENTENCE, check_pattern
from apps.prompts.permissions import can_set_naming_rule
from apps.teams.models import Namespace


@governed
def set_naming_rule(
    namespace: Namespace, *, pattern: str, sentence: str = "", actor: Any
) -> NamingRule:
    """The rule of this namespace. Prompts that do not fit stay as they are, and are listed."""
    wanted = clean_line("pattern", pattern, MAX_PATTERN, required=True)
    words = clean_line("sentence", sentence, MAX_SENTENCE)
    if wrong := check_pattern(wanted):
        raise Invalid({"pattern": [wrong]})
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_set_naming_rule(actor, place))
    rule = NamingRule.objects.filter(namespace=place).first() or NamingRule(namespace=place)
    before = rule.pattern
    rule.pattern, rule.sentence = wanted, words
    rule.save()
    record(
        events.NAMING_SET,
        actor=actor, target=place, namespace=place,
        before={"pattern": before}, after={"pattern": wanted}, pattern=wanted,
    )  # fmt: skip
    return rule


@governed
def remove_naming_rule(namespace: Namespace, *, actor: Any) -> None:
    """The rule above it holds again, or none."""
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_set_naming_rule(actor, place))
    rule = NamingRule.objects.filter(namespace=place).first()
    if rule is None:
        require(not_possible("no_rule", _("%(place)s has no rule of its own.") % {"place": place}))
    assert rule is not None
    before = rule.pattern
    rule.delete()
    record(
        events.NAMING_REMOVED,
        actor=actor, target=place, namespace=place, before={"pattern": before}, pattern=before,
    )  # fmt: skip

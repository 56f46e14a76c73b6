"""The rules that hold in a namespace, in words, and whom they fit today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.clock import database_now
from apps.environments.freeze_words import moment_words
from apps.environments.freezes import frozen_until
from apps.environments.models import Environment, Rule
from apps.environments.queries import (
    above_words,
    environments,
    freezes_for,
    locks_for,
    rule_sentence,
    rules_for,
)
from apps.environments.rules import type_words
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.queries import requirement_words, requirements_from
from apps.pages.queries.administration import named
from apps.reviews.queries.approvals import qualified
from apps.reviews.queries.signatures import signers
from apps.teams.models import Capability, Namespace
from apps.teams.rights import people_with


@dataclass(frozen=True)
class RuleRow:
    """The rule that holds in one environment, in words, and who fits it today. `above`: what wider
    rules add to it; `glass`: who may break the glass; `suites`: the test suites it asks for."""

    environment: Environment
    rule: Rule
    sentence: str
    above: list[str]
    who: str
    glass: str
    own: bool
    suites: list[AskedSuite]


@dataclass(frozen=True)
class AskedSuite:
    """A test suite that releases ask for, in words. `above`: a wider namespace asks for it."""

    requirement: SuiteRequirement
    words: str
    above: bool


def rule_rows(namespace: Namespace, only_protected: bool = False) -> list[RuleRow]:
    """One row for each environment, in order."""
    found = rules_for(namespace)
    glass = _glass(namespace)
    asked = list(requirements_from(namespace))
    return [
        RuleRow(
            environment=place,
            rule=found[place.pk],
            sentence=rule_sentence(found[place.pk]),
            above=above_words(found[place.pk]),
            who=" ".join(_today(found[place.pk], place, namespace)),
            glass=glass,
            own=found[place.pk].namespace_id == namespace.pk,
            suites=[
                AskedSuite(one, requirement_words(one), one.namespace_id != namespace.pk)
                for one in asked
                if one.environment_id == place.pk
            ],
        )
        for place in environments()
        if place.pk in found and (place.protected or not only_protected)
    ]


def _today(rule: Rule, place: Environment, namespace: Namespace) -> list[str]:
    return [_releasers(place, namespace), *_approvers(rule, namespace), *_signers(place, namespace)]


def _releasers(place: Environment, namespace: Namespace) -> str:
    right = Capability.PUBLISH if place.protected else Capability.RELEASE
    names = _names(people_with(right, namespace))
    if not names:
        words = _("Nobody could release today: nobody has the right “%(right)s” here.")
        return words % {"right": right.label}
    freezes = freezes_for(place, namespace)
    if freezes and (frozen := frozen_until(freezes, database_now())):
        words = _("Nobody could release today: frozen until %(when)s, %(name)s.")
        return words % {"when": moment_words(frozen), "name": frozen.freeze.name}
    return _("Who could release today: %(who)s.") % {"who": named(names)}


def _approvers(rule: Rule, namespace: Namespace) -> list[str]:
    if not rule.approvals:
        return []
    names = _names(qualified(namespace, rule))
    if not names:
        return [_("Nobody could approve: give somebody here the right to review.")]
    if len(names) >= rule.approvals:
        return [_("Who could approve: %(who)s.") % {"who": named(names)}]
    words = ngettext(
        "It needs %(needed)s approvals, and only %(who)s could give one: add reviewers.",
        "It needs %(needed)s approvals, and only %(who)s could give some: add reviewers.",
        len(names),
    )
    return [words % {"needed": rule.approvals, "who": named(names)}]


def _signers(place: Environment, namespace: Namespace) -> list[str]:
    text = _("Nobody of %(team)s may review here, so no change of %(type)s can go live.")
    return [
        text % {"team": lock.name, "type": type_words(lock.type)}
        for lock in locks_for(place, namespace)
        if not signers(lock, namespace)
    ]


def _glass(namespace: Namespace) -> str:
    names = _names(people_with(Capability.BREAK_GLASS, namespace))
    if not names:
        return _("Nobody may break the glass.")
    return _("%(who)s may break the glass.") % {"who": named(names)}


def _names(ids: Iterable[int]) -> list[str]:
    rows = User.objects.filter(pk__in=list(ids)).order_by("name")
    return list(rows.values_list("name", flat=True))

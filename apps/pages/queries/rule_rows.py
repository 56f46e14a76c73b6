"""The rules that hold in a namespace, in words, and whom they fit today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.clock import database_now
from apps.environments.freeze_words import moment_words
from apps.environments.freezes import Freeze, freeze_from, frozen_until
from apps.environments.models import Environment, Rule
from apps.environments.queries import (
    above_words,
    environments,
    locks_of,
    rule_sentence,
    rules_along,
    rules_for,
    terms_of,
)
from apps.environments.rules import Lock, Terms, type_words
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.queries import requirement_words, requirements_from
from apps.pages.queries.administration import named
from apps.reviews.queries.approvals import qualified_in
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
            who=who_today(terms_of(found[place.pk]), place, namespace, held=True),
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


def who_today(terms: Terms, place: Environment, namespace: Namespace, *, held: bool = False) -> str:
    """Who could release and approve under these terms of the namespace's own rule (`held`: of the
    one that holds there, wherever it lies), with what wider rules add to it."""
    wider = [
        rule for rule in rules_along(place, namespace) if held or rule.namespace_id != namespace.pk
    ]
    freezes = {freeze_from(each) for rule in wider for each in rule.freezes} | terms.freezes
    locks = sorted(locks_of(wider) | terms.locks)
    said = [_releasers(place, namespace, freezes), *_approvers(terms, namespace)]
    return " ".join([*said, *_signers(locks, namespace)])


def _releasers(place: Environment, namespace: Namespace, freezes: Iterable[Freeze]) -> str:
    right = place.right_to_release
    names = _names(people_with(right, namespace))
    if not names:
        words = _("Nobody could release today: nobody has the right “%(right)s” here.")
        return words % {"right": right.label}
    if frozen := frozen_until(freezes, database_now()):
        words = _("Nobody could release today: frozen until %(when)s, %(name)s.")
        return words % {"when": moment_words(frozen), "name": frozen.freeze.name}
    return _("Who could release today: %(who)s.") % {"who": named(names)}


def _approvers(terms: Terms, namespace: Namespace) -> list[str]:
    if not terms.approvals:
        return []
    names = _names(qualified_in(namespace, [pk for pk, _name in terms.teams]))
    if not names:
        return [_("Nobody could approve: give somebody here the right to review.")]
    if len(names) >= terms.approvals:
        return [_("Who could approve: %(who)s.") % {"who": named(names)}]
    words = ngettext(
        "It needs %(needed)s approvals, and only %(who)s could give one: add reviewers.",
        "It needs %(needed)s approvals, and only %(who)s could give some: add reviewers.",
        len(names),
    )
    return [words % {"needed": terms.approvals, "who": named(names)}]


def _signers(locks: Iterable[Lock], namespace: Namespace) -> list[str]:
    text = _("Nobody of %(team)s may review here, so no change of %(type)s can go live.")
    return [
        text % {"team": lock.name, "type": type_words(lock.type)}
        for lock in locks
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

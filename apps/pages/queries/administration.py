"""What the administration pages show of several apps at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.core.text import listing
from apps.environments.models import Environment, Rule
from apps.environments.queries import environments, rule_sentence, rules_for
from apps.teams.models import Capability, Namespace
from apps.teams.queries import teams_of
from apps.teams.rights import people_with

SHOWN = 5


@dataclass(frozen=True)
class RuleRow:
    """The rule that holds in one environment, in words, and who fits it today."""

    environment: Environment
    rule: Rule
    sentence: str
    who: str
    own: bool


@dataclass(frozen=True)
class AccountRow:
    person: User
    teams: str


def rule_rows(namespace: Namespace, only_protected: bool = False) -> list[RuleRow]:
    """One row for each environment, in order."""
    found = rules_for(namespace)
    reviewers = people_with(Capability.REVIEW, namespace)
    rows = []
    for environment in environments():
        rule = found.get(environment.pk)
        if rule is None or (only_protected and not environment.protected):
            continue
        who = f"{_approvers(rule, reviewers)} {_releasers(environment, namespace)}".strip()
        own = rule.namespace_id == namespace.pk
        rows.append(RuleRow(environment, rule, rule_sentence(rule), who, own))
    return rows


def _approvers(rule: Rule, reviewers: set[int]) -> str:
    if not rule.approvals:
        return ""
    fitting = User.objects.filter(pk__in=reviewers)
    teams = [team.pk for team in rule.teams.all()]
    if teams:
        fitting = fitting.filter(memberships__team__in=teams).distinct()
    names = list(fitting.order_by("name").values_list("name", flat=True))
    if not names:
        return _("Nobody could approve today.")
    return _("%s could approve today.") % named(names)


def _releasers(environment: Environment, namespace: Namespace) -> str:
    right = Capability.PUBLISH if environment.protected else Capability.RELEASE
    ids = people_with(right, namespace)
    names = list(User.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True))
    if not names:
        return _("Nobody could release.")
    return _("%s could release.") % named(names)


def named(names: list[str]) -> str:
    """The first few names and how many more."""
    if len(names) <= SHOWN:
        return listing(names)
    rest = len(names) - SHOWN + 1
    more = ngettext("%(n)s more", "%(n)s more", rest) % {"n": rest}
    return listing([*names[: SHOWN - 1], more])


def account_rows() -> list[AccountRow]:
    """Everybody, with teams. Two queries."""
    rows = list(people())
    names = teams_of(rows)
    return [AccountRow(person, listing(names.get(person.pk, []))) for person in rows]


def indented(namespaces: Iterable[Namespace]) -> list[tuple[Namespace, int]]:
    """Namespaces in the order of their paths, each with its depth among those shown."""
    shown = sorted(namespaces, key=lambda space: space.path.split("/"))
    pks = {namespace.pk for namespace in shown}
    return [(space, sum(pk in pks for pk in space.lineage[:-1])) for space in shown]

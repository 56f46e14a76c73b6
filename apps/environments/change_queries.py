"""Looser rules that wait for a second person, and those who can decide them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.text import listing
from apps.core.verdicts import not_visible
from apps.environments import rules
from apps.environments.models import Rule, RuleChange
from apps.environments.queries import rule_above, terms_of
from apps.environments.rules import Terms, loosened, replaced, terms_from
from apps.environments.states import ChangeKind, ChangeState
from apps.teams.models import Capability, Namespace, Team
from apps.teams.queries import managed_namespaces, visible_namespaces
from apps.teams.rights import people_with

PARTS = ("environment", "namespace", "proposed_by", "decided_by")


def before_and_after(
    rule: Rule, namespace: Namespace, kind: str, terms: Terms | None
) -> tuple[Terms, Terms]:
    """What holds in the namespace, and what would; `rule` is the one that holds there."""
    if kind == ChangeKind.REMOVE:
        own = rule.namespace_id == namespace.pk and not namespace.is_root
        return terms_of(rule), terms_of(rule_above(rule) if own else rule)
    assert terms is not None
    before = terms_of(rule)
    return (replaced(before) if kind == ChangeKind.OVERRIDE else before), terms


def team_names(change: RuleChange) -> dict[int, str]:
    said = (change.before, change.after)
    ids = {pk for terms in said for pk in terms["teams"]}
    ids |= {lock["team"] for terms in said for lock in terms["locks"]}
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))


def deciders(change: RuleChange) -> list[User]:
    """Who can approve or refuse it: the others who manage the namespace."""
    ids = people_with(Capability.MANAGE, change.namespace) - {change.proposed_by_id}
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk"))


@dataclass(frozen=True)
class ChangeRow:
    """A change in words. `who`: who can decide it, or what to do where nobody can."""

    change: RuleChange
    now: str
    then: str
    losses: list[str]
    who: str
    alone: bool


def change_row(change: RuleChange) -> ChangeRow:
    names, place = team_names(change), str(change.environment)
    before, after = terms_from(change.before, names), terms_from(change.after, names)
    people = [str(person) for person in deciders(change)]
    return ChangeRow(
        change=change,
        now=rules.sentence(place, before),
        then=rules.sentence(place, after),
        losses=loosened(before, after),
        who=_who(change, people),
        alone=not people,
    )


def _who(change: RuleChange, people: list[str]) -> str:
    if people:
        return _("%(who)s can approve it.") % {"who": listing(people[:4], _("or"))}
    return _(
        "It waits: nobody but %(who)s manages %(place)s. Invite a second person, or give somebody "
        "the role Admin there."
    ) % {"who": change.proposed_by, "place": change.namespace}


def open_changes(actor: Actor, namespace: Namespace | None = None) -> list[RuleChange]:
    """Those that wait in what an actor manages; on a namespace: there, above and below."""
    rows = RuleChange.objects.filter(
        state=ChangeState.OPEN, namespace__in=managed_namespaces(actor)
    )
    if namespace is not None:
        below = Q(namespace__lineage__overlap=[namespace.pk])
        rows = rows.filter(below | Q(namespace__in=namespace.lineage))
    return list(rows.select_related(*PARTS).order_by("pk"))


def change_for(actor: Actor, pk: int) -> RuleChange:
    """One of a namespace that the actor may see, or 404."""
    rows = RuleChange.objects.filter(namespace__in=visible_namespaces(actor))
    found = rows.select_related(*PARTS).filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found

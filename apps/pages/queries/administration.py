"""What the administration pages show of several apps at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.core.text import listing
from apps.teams.models import Namespace
from apps.teams.queries import teams_of

SHOWN = 5


@dataclass(frozen=True)
class AccountRow:
    person: User
    teams: str


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

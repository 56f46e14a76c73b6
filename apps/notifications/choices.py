"""What people chose for each kind of event; without a choice, its default."""

from __future__ import annotations

from collections.abc import Iterable

from apps.accounts.models import User
from apps.notifications.kinds import DEFAULTS, Kind, Way
from apps.notifications.models import NoticeChoice


def ways(kind: Kind, people: Iterable[int]) -> dict[int, Way]:
    """Id of a person → how this kind reaches them. One query."""
    rows = NoticeChoice.objects.filter(kind=kind, person__in=list(people))
    chosen = {row.person_id: Way(row.inbox, row.email) for row in rows}
    return {person: chosen.get(person, DEFAULTS[kind]) for person in people}


def ways_of(person: User) -> dict[Kind, Way]:
    """Every kind, as this person has it. One query."""
    rows = NoticeChoice.objects.filter(person=person)
    chosen = {row.kind: Way(row.inbox, row.email) for row in rows}
    return {kind: chosen.get(kind.value, DEFAULTS[kind]) for kind in Kind}

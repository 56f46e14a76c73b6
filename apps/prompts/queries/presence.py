"""Who else is at a draft now, and in which block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from apps.prompts.models import Draft, Presence

EXPIRES = timedelta(seconds=45)  # after the last beat of a tab
PAUSED = timedelta(seconds=10)  # after the last keystroke: others may take over
MOST = 30  # people are shown


@dataclass(frozen=True)
class Here:
    """One person, in the tab where they do most. `block` "" is no block. `writes`: just now;
    `paused`: they wrote here, and stopped."""

    person: Any
    block: str
    writes: bool
    paused: bool


def present(draft: Draft, *, but: Any) -> list[Here]:
    """Everyone else, by name; one query."""
    writes = ExpressionWrapper(
        Q(typed_at__isnull=False) & Q(typed_at__gt=Now() - PAUSED), output_field=BooleanField()
    )
    rows = Presence.objects.filter(draft=draft, seen_at__gt=Now() - EXPIRES)
    rows = rows.exclude(person=getattr(but, "pk", None)).select_related("person")
    found: dict[int, Presence] = {}
    order = ("person__name", "person_id", "seen_at")
    for row in rows.annotate(writes=writes).order_by(*order):
        known = found.get(row.person_id)
        if known is None or _weight(row) >= _weight(known):
            found[row.person_id] = row
    return [_here(row) for row in list(found.values())[:MOST]]


def _weight(row: Any) -> tuple[bool, bool]:
    return (row.writes, row.block_key is not None)


def _here(row: Any) -> Here:
    block = "" if row.block_key is None else str(row.block_key)
    return Here(row.person, block, row.writes, row.typed_at is not None and not row.writes)

"""Audit entries → inbox items. At least once, so an item that is there already is left alone."""

from __future__ import annotations

from apps.audit.models import AuditEntry
from apps.notifications.recipients import RECIPIENTS

EVENTS = tuple(RECIPIENTS)


def deliver(entry: AuditEntry) -> None:
    """Put one entry into the inbox of everyone whom it concerns, but not of who did it."""
    from apps.notifications.actions import put_into_inbox

    delivery = RECIPIENTS[entry.event](entry)
    if delivery is None:
        return
    put_into_inbox(
        entry.seq,
        event=entry.event,
        prompt=delivery.prompt,
        review=delivery.review,
        to_act=_others(entry, delivery.to_act),
        to_know=_others(entry, delivery.to_know) - _others(entry, delivery.to_act),
    )


def _others(entry: AuditEntry, people: frozenset[int]) -> set[int]:
    if entry.actor_kind != "person":
        return set(people)
    return {person for person in people if str(person) != entry.actor_id}

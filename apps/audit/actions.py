from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Now

from apps.audit.chain import Walk
from apps.audit.models import AuditLabel, ChainCheck, SubscriberCursor
from apps.core.actions import working


@working
def advance_cursor(name: str, *, seq: int) -> None:
    """Remember that a subscriber has read up to `seq`; a new entry begins with no failures."""
    SubscriberCursor.objects.filter(name=name).update(seq=seq, failures=0, updated_at=Now())


@working
def count_failure(name: str, *, seq: int) -> int:
    """Count a failed try at the entry after `seq`; return how many there were."""
    SubscriberCursor.objects.filter(name=name).update(
        seq=seq, failures=F("failures") + 1, updated_at=Now()
    )
    return SubscriberCursor.objects.get(name=name).failures


@working
def note_check(seen: Walk) -> ChainCheck:
    """Keep what a walk over the chain saw."""
    broken = seen.broken
    return ChainCheck.objects.create(
        entries=seen.entries,
        broken_at=broken.seq if broken else None,
        why=broken.why if broken else "",
    )


@working
def note_contradiction(seq: int, *, why: str) -> None:
    """Keep that the trail contradicts a checkpoint, where the last walk does not say so already."""
    last = ChainCheck.objects.order_by("-pk").first()
    if last is None or (last.broken_at, last.why) != (seq, why):
        ChainCheck.objects.create(entries=seq - 1, broken_at=seq, why=why)


@working
def forget_names(kind: str, *, ident: str) -> int:
    """Erase the names of one subject from the trail; its entries and their hashes stay.

    Returns how many names there were. Called by a governed action, which asks the right.
    """
    count, _ = AuditLabel.objects.filter(subject_kind=kind, subject_id=ident).delete()
    return count

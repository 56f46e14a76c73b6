from __future__ import annotations

from django.db.models import F
from django.db.models.functions import Now

from apps.audit.models import SubscriberCursor
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

"""The judging of live answers, as it goes on: who works on it, and what was said of which call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from apps.analytics.models import LiveCheck, LiveLook, LiveWork
from apps.analytics.states import LiveState
from apps.core.actions import working
from apps.delivery.actions import take_feedback
from apps.delivery.calls.engine import Call, Feedback
from apps.delivery.queries import days_of_values

LEASE = timedelta(minutes=3)
FORGOTTEN = timedelta(days=91)


@dataclass(frozen=True)
class Looked:
    """What one call got: `said` of it, and what could not be said, by the name of the check."""

    call: Call
    said: Sequence[Feedback] = ()
    unsaid: dict[str, str] = field(default_factory=dict)
    cost: Decimal = Decimal(0)
    at: datetime | None = None  # when; None: now


@working
def take_live(pk: int) -> LiveCheck | None:
    """The setting, for whoever may work on it now; None while it is paused or somebody else does.
    Whoever dies over it holds it for three minutes."""
    live = LiveCheck.objects.filter(pk=pk, state=LiveState.ON)
    found = live.select_related("prompt__namespace", "prompt__owner", "suite", "set_by").first()
    if found is None:
        return None
    now = timezone.now()
    LiveWork.objects.get_or_create(live=found)
    free = LiveWork.objects.filter(Q(busy_until=None) | Q(busy_until__lt=now), live=found)
    return found if free.update(busy_until=now + LEASE, tried_at=now) else None


@working
def leave_live(live: LiveCheck, *, held: str) -> None:
    """`held`: why nothing more is judged for now; "" where nothing stands in the way."""
    LiveWork.objects.filter(live=live).update(busy_until=None, held=held)


@working
def keep_looks(live: LiveCheck, looks: Sequence[Looked]) -> int:
    """What was said becomes feedback on the calls, each call once; how many were new."""
    known = LiveLook.objects.filter(live=live, ident__in=[one.call.ident for one in looks])
    before = set(known.values_list("ident", "day"))
    now = timezone.now()
    new = [one for one in looks if (one.call.ident, one.call.day) not in before]
    LiveLook.objects.bulk_create(
        LiveLook(live=live, ident=one.call.ident, day=one.call.day, unsaid=one.unsaid,
                 cost=one.cost, looked_at=one.at or now)
        for one in new
    )  # fmt: skip
    take_feedback([said for one in new for said in one.said])
    return len(new)


@working
def forget_looks() -> int:
    """What could not be said may quote the answer: it goes when the rule lets the answer go. The
    rows go with the figures of their calls."""
    today = timezone.now().date()
    gone, _by_model = LiveLook.objects.filter(day__lt=today - FORGOTTEN).delete()
    for days, prompts in days_of_values().items():
        old = LiveLook.objects.filter(live__prompt__in=prompts, day__lt=today - timedelta(days))
        gone += old.exclude(unsaid={}).update(unsaid={})
    return gone

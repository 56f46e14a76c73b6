from __future__ import annotations

from dataclasses import dataclass

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.releases.glass_permissions import can_close_follow_up
from apps.releases.models import FollowUp
from apps.releases.queries.schedules import database_now
from apps.releases.states import FollowUpState

SHOWN = ("release__prompt__namespace", "release__environment", "release__version",
         "release__made_by")  # fmt: skip


@dataclass(frozen=True)
class Watched:
    """An open follow-up, whether its time is over, and whether this person may close it."""

    row: FollowUp
    overdue: bool
    may: bool


def follow_up_for(actor: Actor, pk: int) -> FollowUp:
    """One of a prompt that the actor may see, or 404."""
    rows = FollowUp.objects.filter(release__prompt__in=visible_prompts(actor))
    follow_up = rows.select_related(*SHOWN, "closed_by").filter(pk=pk).first()
    if follow_up is None:
        require(not_visible())
    assert follow_up is not None
    return follow_up


def overdue_untold() -> list[FollowUp]:
    """Those that nobody has looked at in time, and of which nobody was told yet."""
    rows = FollowUp.objects.filter(state=FollowUpState.OPEN, overdue_told_at=None)
    rows = rows.filter(due_at__lt=database_now()).select_related(*SHOWN)
    return list(rows.defer("release__version__content").order_by("due_at"))


def open_follow_ups(actor: Actor, prompt: Prompt | None = None) -> list[Watched]:
    """Of one prompt, or of every prompt that the actor may see; what is due first comes first."""
    rows = FollowUp.objects.filter(state=FollowUpState.OPEN)
    rows = rows.filter(release__prompt__in=visible_prompts(actor))
    if prompt is not None:
        rows = rows.filter(release__prompt=prompt)
    now = database_now()
    found = rows.select_related(*SHOWN).defer("release__version__content").order_by("due_at")
    return [
        Watched(row, row.due_at < now, bool(can_close_follow_up(actor, row))) for row in found[:50]
    ]

"""Who is in which block. Advice to the others, never a lock: no save asks for it.

All times are the database's: the clock of a browser or of a server counts for nothing.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.prompts.models import Draft, Presence
from apps.prompts.permissions import can_view_prompt
from apps.prompts.queries.presence import EXPIRES, PAUSED

MAX_TABS = 10  # of one person on one draft
_TAB = re.compile(r"[A-Za-z0-9-]{1,36}")


@working
def beat(
    draft: Draft,
    *,
    tab: str,
    moved: bool = False,
    block: uuid.UUID | None = None,
    typing: bool | None = None,
    actor: Any,
) -> None:
    """This tab is still here. `moved`: its caret is in `block` now (None: in no block); without it
    the place stays what it was, so that a block that somebody took over stays theirs. `typing`:
    something was just typed (True), nothing any more (False), or nothing new to say."""
    require(can_view_prompt(actor, draft.prompt))
    _require_tab(tab)
    gone = _drop_expired(draft)
    known = Presence.objects.filter(draft=draft, person=actor, tab=tab).first()
    fields = ["seen_at", *(["block_key"] if moved else []), *(["typed_at"] if typing else [])]
    if known is None:
        _drop_oldest(draft, actor)
    row = Presence(draft=draft, person=actor, tab=tab, block_key=block, seen_at=Now())
    row.typed_at = Now() if typing else None
    unique = ["draft", "person", "tab"]
    Presence.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=unique, update_fields=fields
    )
    elsewhere = known is None or (moved and known.block_key != block)
    if gone or elsewhere or typing is False or (typing and not _was_writing(known)):
        touch("presence", draft.pk)


def _require_tab(tab: str) -> None:
    if not _TAB.fullmatch(tab):
        raise Invalid({"tab": [_("Reload the page: it did not say which tab it is.")]})


def _was_writing(known: Presence | None) -> bool:
    if known is None or known.typed_at is None:
        return False
    return Presence.objects.filter(pk=known.pk, typed_at__gt=Now() - PAUSED).exists()


def _drop_expired(draft: Draft) -> int:
    old = Presence.objects.filter(draft=draft, seen_at__lte=Now() - EXPIRES)
    return old.delete()[0]


def _drop_oldest(draft: Draft, actor: Any) -> None:
    rows = Presence.objects.filter(draft=draft, person=actor).order_by("-seen_at")
    kept = list(rows.values_list("pk", flat=True)[: MAX_TABS - 1])
    rows.exclude(pk__in=kept).delete()


@working
def leave(draft: Draft, *, tab: str, actor: Any) -> None:
    """The tab is closed, or shows another page."""
    require(can_view_prompt(actor, draft.prompt))
    if Presence.objects.filter(draft=draft, person=actor, tab=tab).delete()[0]:
        touch("presence", draft.pk)


@working
def take_over_block(draft: Draft, *, tab: str, block: uuid.UUID, actor: Any) -> bool:
    """Those who only stand in the block are in no block then. False, and nothing changes, while
    one of them types: both may type anyway, and what they type is merged."""
    require(can_view_prompt(actor, draft.prompt))
    _require_tab(tab)
    others = Presence.objects.filter(draft=draft, block_key=block).exclude(person=actor)
    if others.filter(typed_at__gt=Now() - PAUSED).exists():
        return False
    others.update(block_key=None, typed_at=None)
    beat(draft, tab=tab, moved=True, block=block, typing=True, actor=actor)
    return True

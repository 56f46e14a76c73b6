"""Whether what an act left behind is still so: only then is the act taken back. Who changed it
since is named, and nothing is changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.prompts.content import BLOCK_LABELS
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries.texts import order_at, order_before


def require_same(actor: Any, block: DraftBlock, now: Any, expected: Any) -> None:
    """None expects nothing."""
    if expected is None:
        return
    require_present(actor, block)
    if now != expected:
        _refuse(actor, block.changed_by, block, _("%(who)s changed %(block)s after that"))


def require_left(actor: Any, block: DraftBlock, now: Any, left: Any) -> None:
    """What a model is told instead of the block is as the act left it; who changed it is not
    known, as it stands among the settings of the draft."""
    if now != left:
        said = _("%(who)s changed what this model is told instead of %(block)s after that")
        _refuse(actor, None, block, said)


def require_present(actor: Any, block: DraftBlock) -> None:
    if block.removed_at is not None:
        _refuse(actor, block.changed_by, block, _("%(who)s deleted %(block)s after that"))


def require_absent(actor: Any, block: DraftBlock) -> None:
    if block.removed_at is None:
        _refuse(actor, block.changed_by, block, _("%(who)s put %(block)s back already"))


def require_unwritten(actor: Any, block: DraftBlock, revision: int) -> None:
    """Nobody else wrote in the block after that revision of its text."""
    others = block.history.filter(revision__gt=revision).exclude(history_user=actor.pk)
    if last := others.select_related("history_user").order_by("-history_id").first():
        _refuse(actor, last.history_user, block, _("%(who)s has written in %(block)s since then"))


def require_place(actor: Any, draft: Draft, block: DraftBlock, since: int) -> None:
    """The block stands between the same blocks as at that revision of the draft; those that came
    or went since do not count."""
    require_present(actor, block)
    then, now = order_at(draft, since), draft.order
    if then is None or block.key not in then:
        _refuse(actor, None, block, _("The order has changed too much since %(block)s was moved"))
    elif _among(then, now, block.key) != _among(now, then, block.key):
        steps = draft.history.filter(revision__gt=since).select_related("history_user")
        last = steps.order_by("-history_id").first()
        who = last.history_user if last else None
        _refuse(actor, who, block, _("%(who)s changed the order around %(block)s after that"))


def place_before(draft: Draft, block: DraftBlock, since: int) -> int:
    """Where the block goes in the order without it: behind the nearest one that stood before it."""
    before = order_before(draft, since)
    rest = [key for key in draft.order if key != block.key]
    if block.key not in before:
        return draft.order.index(block.key)
    ahead = before[: before.index(block.key)]
    nearest = next((key for key in reversed(ahead) if key in rest), None)
    return 0 if nearest is None else rest.index(nearest) + 1


def _among(
    order: Sequence[uuid.UUID], others: Sequence[uuid.UUID], key: uuid.UUID
) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Those before and those behind, of the blocks that both orders know."""
    place = order.index(key)
    known = set(others)
    return known.intersection(order[:place]), known.intersection(order[place + 1 :])


def _refuse(actor: Any, who: Any, block: DraftBlock, sentence: str) -> None:
    name = _("You")
    if who is None or who.pk != actor.pk:
        name = who.get_short_name() if who is not None else _("Somebody")
    said = sentence % {"who": name, "block": BLOCK_LABELS[block.type]}
    require(not_possible("changed_since", _("%(said)s. Nothing was undone.") % {"said": said}))

"""What a block said at a revision, read from its history."""

from __future__ import annotations

import uuid

from apps.prompts.models import Draft, DraftBlock
from apps.prompts.saving import BlockText, as_pairs


def text_of(block: DraftBlock) -> BlockText:
    return BlockText(block.title, block.body, as_pairs(block.rows), block.rows_as)


def text_at(block: DraftBlock, revision: int) -> BlockText | None:
    """None for a revision that nobody knows (any more)."""
    past = block.history.filter(revision=revision).order_by("-history_id").first()
    return None if past is None else text_of(past)


def last_order_with(draft: Draft, key: uuid.UUID) -> list[uuid.UUID]:
    """The newest order of the draft in which a block stood; empty when there is none."""
    past = draft.history.filter(order__contains=[key]).order_by("-history_id").first()
    return [] if past is None else list(past.order)


def order_at(draft: Draft, revision: int) -> list[uuid.UUID] | None:
    """The order that the draft's revision made; None for one that nobody knows."""
    made = draft.history.filter(revision=revision).order_by("history_id").first()
    return None if made is None else list(made.order)


def order_before(draft: Draft, revision: int) -> list[uuid.UUID]:
    """The order just before the draft's revision came about; empty when there is none."""
    before = draft.history.filter(revision__lt=revision).order_by("-history_id").first()
    return [] if before is None else list(before.order)

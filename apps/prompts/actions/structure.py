"""Which blocks a draft has, of which type, and where they stand. All working: history, no entry.

An act that takes another one back says what that one left behind; it is refused, and nothing is
changed, when somebody has changed the same thing since.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.prompts import content
from apps.prompts.actions.blocks import _require_own_words
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_title, require_block_type, require_settings
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries.documents import block_part, version_document
from apps.prompts.queries.earlier import writers_for_models
from apps.prompts.queries.texts import last_order_with
from apps.prompts.untouched import (
    place_before,
    require_absent,
    require_place,
    require_present,
    require_same,
    require_unwritten,
)


@working
def add_block(draft: Draft, *, type: str, after: uuid.UUID | None = None, actor: Any) -> DraftBlock:
    """An empty block after the one with that key; at the end without one."""
    require_block_type(type)
    desk = Desk.at(draft, actor)
    _require_room(desk)
    block = desk.new_block(content.new_block(type))
    desk.order(_inserted(desk.draft.order, block.key, after))
    return block


@working
def duplicate_block(block: DraftBlock, *, actor: Any) -> DraftBlock:
    """With all that it says, to each model what that one is told instead."""
    desk = Desk.at(block.draft, actor)
    _require_room(desk)
    copy = desk.new_block({**block_part(desk.block(block)), "key": str(uuid.uuid4())})
    _copy_own_words(desk.draft, str(block.key), str(copy.key))
    desk.order(_inserted(desk.draft.order, copy.key, block.key))
    return copy


def _copy_own_words(draft: Draft, key: str, copy: str) -> None:
    """The caller saves the draft."""
    models = draft.settings.get("models", [])
    if not any(key in model["overrides"] for model in models):
        return
    told = [
        {**model, "overrides": {**model["overrides"], copy: model["overrides"][key]}}
        if key in model["overrides"]
        else model
        for model in models
    ]
    settings = {**draft.settings, "models": told}
    require_settings(settings)
    draft.settings = settings


def _require_room(desk: Desk) -> None:
    if len(desk.draft.order) >= content.MAX_BLOCKS:
        sentence = _("A prompt has at most %(most)s blocks. Join some of them first.")
        require(not_possible("too_many_blocks", sentence % {"most": content.MAX_BLOCKS}))


def _inserted(
    order: Sequence[uuid.UUID], key: uuid.UUID, after: uuid.UUID | None
) -> list[uuid.UUID]:
    rest = [known for known in order if known != key]
    place = rest.index(after) + 1 if after in rest else len(rest)
    return [*rest[:place], key, *rest[place:]]


@working
def retype_block(
    block: DraftBlock, *, to: str, expects: str | None = None, actor: Any
) -> DraftBlock:
    """Another type, the same words: example rows go into the body and come back from it.
    `expects`: the type that the act gave which is taken back."""
    require_block_type(to)
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    require_same(actor, current, current.type, expects)
    part = content.retype(block_part(current), to)
    current.type, current.body = to, part["body"]
    current.rows, current.rows_as = part.get("rows", []), part.get("as", "messages")
    desk.write(current)
    desk.finish(structure=True)
    return current


@working
def switch_block(
    block: DraftBlock, *, enabled: bool, expects: bool | None = None, actor: Any
) -> DraftBlock:
    """Off: it stays in the draft and is not sent. `expects`: as the act left it that is taken
    back."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    require_same(actor, current, current.enabled, expects)
    current.enabled = enabled
    desk.keep(current)
    desk.finish(structure=True)
    return current


@working
def title_block(block: DraftBlock, *, title: str, actor: Any) -> DraftBlock:
    cleaned = clean_title(title)
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    current.title = cleaned
    desk.write(current)
    desk.finish(text=current)
    return current


@working
def move_block(
    block: DraftBlock, *, to: int | None = None, since: int | None = None, actor: Any
) -> DraftBlock:
    """`to` counts from 0 and is held inside the list. Without it, back to where the block stood
    before the draft's revision `since`, unless somebody has moved it after that."""
    desk = Desk.at(block.draft, actor)
    order = desk.draft.order
    if since is not None:
        require_place(actor, desk.draft, desk.block(block), since)
        to = place_before(desk.draft, block, since)
    rest = [key for key in order if key != block.key]
    if to is not None and len(rest) < len(order):
        place = max(0, min(to, len(rest)))
        moved = [*rest[:place], block.key, *rest[place:]]
        if moved != order:
            desk.order(moved)
    return desk.block(block)


@working
def order_blocks(draft: Draft, *, order: Sequence[uuid.UUID], actor: Any) -> Draft:
    """Blocks that the sender did not know of stay behind the one they stood behind."""
    desk = Desk.at(draft, actor)
    now = desk.draft.order
    wanted = [key for key in dict.fromkeys(order) if key in now]
    for place, key in enumerate(now):
        if key not in wanted:
            before = now[place - 1] if place else None
            wanted.insert(wanted.index(before) + 1 if before in wanted else 0, key)
    desk.order(wanted)
    return desk.draft


@working
def remove_block(block: DraftBlock, *, written: int | None = None, actor: Any) -> DraftBlock:
    """The row stays, with its text and its history, and can be put back. `written`: the revision
    of the text when it came, of a block whose coming is taken back."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    if written is not None:
        require_present(actor, current)
        require_unwritten(actor, current, written)
    current.removed_at = desk.now
    desk.keep(current)
    desk.order([key for key in desk.draft.order if key != block.key])
    return current


@working
def put_back_block(block: DraftBlock, *, expects_gone: bool = False, actor: Any) -> DraftBlock:
    """Back to where it stood, behind the nearest block before it that is still there.
    `expects_gone`: a deletion is taken back, so a block that stands there is a refusal."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    if expects_gone:
        require_absent(actor, current)
    if current.removed_at is None:
        return current
    _require_room(desk)
    current.removed_at = None
    desk.keep(current)
    desk.credit(_returning_writers(desk.draft, current))
    former = last_order_with(desk.draft, current.key)
    before = former[: former.index(current.key)] if current.key in former else []
    after = next((key for key in reversed(before) if key in desk.draft.order), None)
    rest = list(desk.draft.order)
    if after is None and before == [] and former:
        desk.order([current.key, *rest])
    else:
        desk.order(_inserted(rest, current.key, after))
    return current


def _returning_writers(draft: Draft, block: DraftBlock) -> set[int]:
    """Everyone who ever wrote the block, or what a model is told instead, as all of it comes back:
    `changed_by` may be who removed it. Nobody if the last version holds it: who changed it since
    then is named already."""
    base = version_document(draft.base)["blocks"] if draft.base else []
    if any(part["key"] == str(block.key) for part in base):
        return set()
    steps = block.history.order_by("revision", "history_id").distinct("revision")
    wrote = {pk for pk in steps.values_list("history_user_id", flat=True) if pk}
    return wrote | writers_for_models(draft, str(block.key))

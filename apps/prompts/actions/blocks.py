"""What is typed into a draft's blocks, and where they stand. All working: history, no entry."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.prompts import content
from apps.prompts.actions.desk import Desk
from apps.prompts.content.text import check_block_size
from apps.prompts.entrance import clean_text, clean_title, require_block_type
from apps.prompts.models import ConflictCopy, Draft, DraftBlock
from apps.prompts.queries.documents import block_part, version_document
from apps.prompts.queries.texts import last_order_with, text_at, text_of
from apps.prompts.saving import BlockText, Merged, as_pairs, as_rows, from_whole, merge_block

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Saved:
    """`merged`: the saved text is not what was sent, it holds another person's words too.
    `conflict`: nothing was saved; both texts are kept here until somebody settles it."""

    block: DraftBlock
    merged: bool = False
    conflict: ConflictCopy | None = None


@working
def save_block(
    block: DraftBlock,
    *,
    revision: int,
    body: str,
    title: str | None = None,
    rows: Rows | None = None,
    rows_as: str | None = None,
    writer: Any = None,
    actor: Any,
) -> Saved:
    """Save what was typed over `revision`. None leaves a part as it was at that revision.
    `writer`: whose words they are, where the actor takes in what somebody else suggested.

    Raises Invalid for a text that no block may hold. Whatever else happens, the text is kept.
    """
    desk = Desk.at(block.draft, actor)
    desk.writer = writer
    current = desk.block(block)
    base = text_of(current) if revision == current.revision else text_at(current, revision)
    started = base or text_of(current)
    mine = BlockText(
        title=started.title if title is None else clean_title(title),
        body=clean_text("body", body),
        rows=started.rows if rows is None else _clean_rows(rows),
        rows_as=started.rows_as if rows_as is None else _clean_style(rows_as),
    )
    return _save(desk, current, base, mine, revision)


@working
def settle_conflict(copy: ConflictCopy, *, revision: int, body: str, actor: Any) -> Saved:
    """Save the text that a person chose or made of two. If the block changed again meanwhile, the
    two are merged like any save. The copies of the same typing are then done with."""
    desk = Desk.at(copy.block.draft, actor)
    current = desk.block(copy.block)
    _require_own_words(current)
    base = text_of(current) if revision == current.revision else text_at(current, revision)
    typed, examples = clean_text("body", body), current.type == "examples"
    mine = from_whole(typed, base or text_of(current), examples=examples)
    before = current.revision
    saved = _save(desk, current, base, mine, revision)
    if current.revision > before:
        desk.credit(_writers_of_copies(copy, current))
    if saved.conflict is None:
        same = {"block": current, "person": copy.person, "base_revision": copy.base_revision}
        ConflictCopy.objects.filter(settled_at=None, **same).update(settled_at=desk.now)
    return saved


def _writers_of_copies(copy: ConflictCopy, block: DraftBlock) -> set[int]:
    """Whose words the settled text may hold. A copy that met a conflict again has a second copy,
    of the person who settled it; the first one stays open until then."""
    people = ConflictCopy.objects.filter(block=block, settled_at=None).values_list("person_id")
    return {pk for (pk,) in [*people, (copy.person_id,)] if pk}


def _save(
    desk: Desk, current: DraftBlock, base: BlockText | None, mine: BlockText, revision: int
) -> Saved:
    if sentence := check_block_size(mine.size):
        raise Invalid({"body": [sentence]})
    theirs = text_of(current)
    merged = merge_block(base, mine, theirs)
    if current.snippet_version_id is not None:
        return _save_over_pin(desk, current, mine, merged, revision)
    if merged.conflict or check_block_size(merged.text.size):
        return Saved(current, conflict=_keep_both(desk, current, mine, merged, revision))
    if merged.text != theirs:
        _put_text(current, merged.text)
        desk.write(current)
        desk.finish()
    return Saved(current, merged=merged.text != mine)


def _save_over_pin(
    desk: Desk, current: DraftBlock, mine: BlockText, merged: Merged, revision: int
) -> Saved:
    """A block may become a pin while somebody types in it: what they typed is kept beside it."""
    if merged.text == text_of(current) and not merged.conflict:
        return Saved(current)
    return Saved(current, conflict=_keep_both(desk, current, mine, merged, revision))


def _require_own_words(block: DraftBlock) -> None:
    """The words of a pin are the snippet's."""
    if block.snippet_version_id is not None:
        sentence = _("This block is a snippet. Detach it to change it here.")
        require(not_possible("is_snippet", sentence))


def _keep_both(
    desk: Desk, block: DraftBlock, mine: BlockText, merged: Merged, revision: int
) -> ConflictCopy:
    """The same typing sent again finds the copy that it made before."""
    kept = {
        "block": block,
        "person": desk.person_of(desk.actor),
        "base_revision": revision,
        "mine": mine.whole,
        "theirs": text_of(block).whole,
        "merged": merged.proposal,
    }
    found = ConflictCopy.objects.filter(settled_at=None, **kept).first()
    return found or ConflictCopy.objects.create(**kept)


def _put_text(block: DraftBlock, text: BlockText) -> None:
    block.title, block.body = text.title, text.body
    block.rows, block.rows_as = as_rows(text.rows), text.rows_as


def _clean_rows(rows: Rows) -> tuple[tuple[str, str], ...]:
    """Rows without a word are dropped: an empty line of the form is no example."""
    if len(rows) > content.MAX_ROWS:
        sentence = _("An examples block has at most %(most)s rows. Add another block.")
        raise Invalid({"rows": [sentence % {"most": content.MAX_ROWS}]})
    pairs = as_pairs([{name: clean_text("rows", row[name]) for name in row} for row in rows])
    return tuple(pair for pair in pairs if any(pair))


def _clean_style(rows_as: str) -> str:
    if rows_as not in content.EXAMPLE_STYLES:
        raise Invalid({"rows_as": [_("Choose how the examples are sent.")]})
    return rows_as


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
    desk = Desk.at(block.draft, actor)
    _require_room(desk)
    copy = desk.new_block({**block_part(desk.block(block)), "key": str(uuid.uuid4())})
    desk.order(_inserted(desk.draft.order, copy.key, block.key))
    return copy


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
def retype_block(block: DraftBlock, *, to: str, actor: Any) -> DraftBlock:
    """Another type, the same words: example rows go into the body and come back from it."""
    require_block_type(to)
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    _require_own_words(current)
    part = content.retype(block_part(current), to)
    current.type, current.body = to, part["body"]
    current.rows, current.rows_as = part.get("rows", []), part.get("as", "messages")
    desk.write(current)
    desk.finish(structure=True)
    return current


@working
def switch_block(block: DraftBlock, *, enabled: bool, actor: Any) -> DraftBlock:
    """Off: it stays in the draft and is not sent."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
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
    desk.finish()
    return current


@working
def move_block(block: DraftBlock, *, to: int, actor: Any) -> DraftBlock:
    """`to` counts from 0 and is held inside the list."""
    desk = Desk.at(block.draft, actor)
    rest = [key for key in desk.draft.order if key != block.key]
    if len(rest) < len(desk.draft.order):
        place = max(0, min(to, len(rest)))
        desk.order([*rest[:place], block.key, *rest[place:]])
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
def remove_block(block: DraftBlock, *, actor: Any) -> DraftBlock:
    """The row stays, with its text and its history, and can be put back."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    current.removed_at = desk.now
    desk.keep(current)
    desk.order([key for key in desk.draft.order if key != block.key])
    return current


@working
def put_back_block(block: DraftBlock, *, actor: Any) -> DraftBlock:
    """Back to where it stood, behind the nearest block before it that is still there."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
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
    """Everyone who ever wrote the block, as its words come back: `changed_by` may be who removed
    it. Nobody if the last version holds it: who changed it since then is named already."""
    base = version_document(draft.base)["blocks"] if draft.base else []
    if any(part["key"] == str(block.key) for part in base):
        return set()
    steps = block.history.order_by("revision", "history_id").distinct("revision")
    return {pk for pk in steps.values_list("history_user_id", flat=True) if pk}

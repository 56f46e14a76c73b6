"""What is typed into a draft's blocks. All working: history, no entry."""

from __future__ import annotations

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
from apps.prompts.entrance import clean_text, clean_title
from apps.prompts.models import ConflictCopy, DraftBlock
from apps.prompts.queries.texts import text_at, text_of
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
        desk.finish(text=current)
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

"""Three texts of one block, and the one that holds them all: what a late save becomes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apps.prompts.content import rows_text, text_rows
from apps.prompts.merge import merge

Row = dict[str, str]


@dataclass(frozen=True)
class BlockText:
    """Everything that is typed into one block. `rows` and `rows_as` count for examples alone."""

    title: str = ""
    body: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    rows_as: str = "messages"

    @property
    def whole(self) -> str:
        """Body and rows as one text, as retyping an examples block writes it."""
        written = rows_text(as_rows(self.rows))
        return "\n\n".join(part for part in (self.body, written) if part)

    @property
    def size(self) -> int:
        """UTF-8 bytes."""
        texts = [self.title, self.body, *(text for row in self.rows for text in row)]
        return sum(len(text.encode()) for text in texts)


@dataclass(frozen=True)
class Merged:
    """`text` may be saved unless `conflict`; then `proposal` holds both wordings."""

    text: BlockText
    conflict: bool
    proposal: str


def as_rows(pairs: Sequence[tuple[str, str]]) -> list[Row]:
    return [{"input": given, "output": wanted} for given, wanted in pairs]


def as_pairs(rows: Sequence[Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((row["input"], row["output"]) for row in rows)


def from_whole(text: str, like: BlockText, *, examples: bool) -> BlockText:
    """The inverse of `whole`: rows are read back where the block is one of examples."""
    body, rows = text_rows(text) if examples else (text, [])
    return replace(like, body=body, rows=as_pairs(rows))


def merge_block(base: BlockText | None, mine: BlockText, theirs: BlockText) -> Merged:
    """`base` is what the editor of `mine` started from; None when nobody knows any more."""
    if mine == theirs:
        return Merged(mine, False, mine.whole)
    if base is None:
        return Merged(theirs, True, merge("", mine.whole, theirs.whole).text)
    body = merge(base.body, mine.body, theirs.body)
    rows, written, rows_conflict = _rows(base.rows, mine.rows, theirs.rows)
    text = BlockText(
        title=_one_side(base.title, mine.title, theirs.title),
        body=body.text,
        rows=rows,
        rows_as=_one_side(base.rows_as, mine.rows_as, theirs.rows_as),
    )
    conflict = body.conflict or rows_conflict
    proposal = "\n\n".join(part for part in (body.text, written) if part)
    return Merged(theirs if conflict else text, conflict, proposal)


def _one_side(base: str, mine: str, theirs: str) -> str:
    """Small settings do not conflict: the last change holds; the other is in the history."""
    return theirs if mine == base else mine


Pairs = tuple[tuple[str, str], ...]


def _rows(base: Pairs, mine: Pairs, theirs: Pairs) -> tuple[Pairs, str, bool]:
    """The rows of both, the same as text, and whether two people changed the same words."""
    if mine in (base, theirs) or theirs == base:
        kept = theirs if mine == base else mine
        return kept, rows_text(as_rows(kept)), False
    merged = merge(*(rows_text(as_rows(pairs)) for pairs in (base, mine, theirs)))
    before, rows = text_rows(merged.text)
    whole = not before and rows_text(rows) == merged.text
    return as_pairs(rows), merged.text, merged.conflict or not whole

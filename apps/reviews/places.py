"""Where the words of a conversation stand in a document of today. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.prompts.content import BLOCK_LABELS, Document, rows_text
from apps.reviews.anchors import Anchor, Span, anchor_at, find

SHOWN = 400  # characters of what stands there now


@dataclass(frozen=True)
class Place:
    """`deleted`: the block is not there. `gone`: the words are not. `now`: what stands there
    instead, where it is something else. `field` and `span` say where the words are."""

    deleted: bool = False
    gone: bool = False
    now: str = ""
    field: str = ""
    span: Span | None = None


def texts_of(block: Document) -> Iterator[tuple[str, str]]:
    """The texts of a block by name; the body first, as most is said about it."""
    yield "body", block["body"]
    yield "title", block["title"]
    for number, row in enumerate(block.get("rows", ())):
        for side in ("input", "output"):
            yield f"{side}-{number}", row[side]


def whole_of(block: Document) -> str:
    """Body and rows as one text, as a suggestion holds it."""
    rows = rows_text(block.get("rows", []))
    return "\n\n".join(part for part in (block["body"], rows) if part)


def block_of(document: Document, key: Any) -> Document | None:
    return next((block for block in document["blocks"] if block["key"] == str(key)), None)


def label_of(block: Document) -> str:
    title = block["title"].strip(" #:")
    kind = str(BLOCK_LABELS.get(block["type"], block["type"]))
    return f"{kind}, “{title}”" if title else kind


def place_in(document: Document, anchor: Anchor) -> Place:
    """An anchor without a quote is on the whole block; one without a block, on the whole text."""
    if not anchor.block_key:
        return Place()
    block = block_of(document, anchor.block_key)
    if block is None:
        return Place(deleted=True, gone=True)
    if not anchor.quote.strip():
        return Place()
    for field, text in texts_of(block):
        if span := find(anchor, text):
            words = text[span.start : span.end]
            same = words.split() == anchor.quote.split()
            return Place(now="" if same else words, field=field, span=span)
    return Place(gone=True, now=whole_of(block)[:SHOWN])


def anchor_in(block: Document, quote: str, before: str, after: str) -> Anchor:
    """The anchor of selected words. Words that are not in the block's text (a selection over two
    of its fields) are kept as they are, without neighbours."""
    wanted = Anchor(block["key"], quote, before, after)
    alone = Anchor(block["key"], quote)
    for anchor in (wanted, alone):
        for _field, text in texts_of(block):
            if span := find(anchor, text):
                return anchor_at(block["key"], text, span.start, span.end)
    return alone

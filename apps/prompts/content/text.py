"""Text at the entrance: the one normalisation, and what is refused."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from apps.prompts.content.shape import MAX_BLOCK_BYTES

_REFUSED = re.compile("[\x00\ud800-\udfff]")


class Problem(NamedTuple):
    """`path` is where (`blocks/3/body`), `sentence` is what to tell the person."""

    path: str
    sentence: str


class ContentError(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].sentence)
        self.problems = problems


def check_text(text: str) -> str:
    found = _REFUSED.search(text)
    if not found:
        return ""
    line = text.count("\n", 0, found.start()) + 1
    if found[0] == "\x00":
        return f"Line {line} holds a NUL character, which no model can read. Remove it."
    return f"Line {line} holds half of a broken character. Type that character again."


def normalise(text: str) -> str:
    """CRLF and CR become LF; nothing else changes. NUL and lone surrogates: ContentError."""
    if sentence := check_text(text):
        raise ContentError(Problem("", sentence))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_block_text(text: str) -> str:
    if sentence := check_text(text):
        return sentence
    return check_block_size(len(text.encode()))


def check_block_size(size: int) -> str:
    if size <= MAX_BLOCK_BYTES:
        return ""
    return (
        f"This block holds {-(-size // 1024):,} KiB; the most is {MAX_BLOCK_BYTES // 1024} KiB. "
        "Shorten it or split it into several blocks."
    )


def normalise_document(document: Any) -> Any:
    """A copy with every string, names of fields included, normalised."""
    if isinstance(document, str):
        return normalise(document)
    if isinstance(document, dict):
        return {normalise(str(k)): normalise_document(v) for k, v in document.items()}
    if isinstance(document, list | tuple):
        return [normalise_document(item) for item in document]
    return document

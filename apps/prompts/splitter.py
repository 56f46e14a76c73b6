"""A pasted or imported text, split into typed blocks at its Markdown headings.

The exact rule: a heading is a line outside fenced code that begins with one or two `#`, a space
and a word. Its line, without the line end, is the title of a block; everything after it, from
that line end up to the next heading, is the body. What stands before the first heading is a block
without title. So the titles and bodies, put together in order, are the text byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from apps.prompts.content import (
    MAX_BLOCKS,
    MAX_TITLE,
    Document,
    imported_block_key,
    new_block,
    new_content,
    new_variable,
    normalise,
)
from apps.prompts.placeholders import variable_names

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEADING = re.compile(r"(#{1,2}) +\S")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NUMBERED = re.compile(r"^[\s#*_\d.)(:-]+")

# The first that fits, tried in this order, decides: "EXAMPLE OUTPUT" is an example.
_TYPES = (
    ("input", re.compile(r"(content |user )?(input|message|question)$")),
    ("examples", re.compile(r".*\b(examples?|few.shots?|samples?)\b")),
    ("guardrails", re.compile(r".*\b(rules|restrictions?|guard ?rails?|constraints?|limits)\b")),
    ("guardrails", re.compile(r"(important|never|do not|don.?t|warnings?|safety)\b")),
    ("output_format", re.compile(r".*\b(output|ouptut|format|response|answer)\b")),
    ("role", re.compile(r"(your |the )?(identity|role|persona|purpose)\b|you are\b|who you are")),
    ("context", re.compile(r".*\b(context|background|knowledge|overview|introduction)\b")),
    ("instructions", re.compile(r".*\b(steps?|instructions?|tasks?|goals?|actions?|process)\b")),
)


class SplitBlock(NamedTuple):
    type: str
    title: str
    body: str


def split_markdown(text: str) -> list[SplitBlock]:
    """At least one block. ContentError for what no text may hold."""
    text = normalise(text)
    found = list(_headings(text))
    if len(found) >= MAX_BLOCKS:
        found = [place for place in found if not text.startswith("##", place)]
    starts = [0, *(place for place in found if place)][:MAX_BLOCKS]
    ends = [*starts[1:], len(text)]
    headed = set(found)
    return [_block(text[a:b], a in headed, not found) for a, b in zip(starts, ends, strict=True)]


def join(blocks: Iterable[SplitBlock]) -> str:
    return "".join(block.title + block.body for block in blocks)


def _headings(text: str) -> Iterator[int]:
    fence = ""
    place = 0
    for line in _LINE.findall(text):
        if marks := _FENCE.match(line):
            fence = _fence(fence, marks[1], line[marks.end() :])
        elif not fence and _HEADING.match(line) and len(line) <= MAX_TITLE:
            yield place
        place += len(line)


def _fence(open_: str, marks: str, rest: str) -> str:
    """The fence that is open after this line: it closes with as many of the same, and no word."""
    if not open_:
        return "" if marks[0] == "`" and "`" in rest else marks
    closes = marks[0] == open_[0] and len(marks) >= len(open_) and not rest.strip()
    return "" if closes else open_


def _block(text: str, has_title: bool, is_all: bool) -> SplitBlock:
    if not has_title:
        return SplitBlock("instructions" if is_all else "custom", "", text)
    title, line_end, rest = text.partition("\n")
    return SplitBlock(heading_type(title), title, line_end + rest)


def heading_type(heading: str) -> str:
    words = _NUMBERED.sub("", heading).casefold().strip(" :*_#.").replace("_", " ")
    return next((type for type, pattern in _TYPES if pattern.match(words)), "custom")


def content_from_text(text: str) -> Document:
    """The document of an imported text: equal texts give equal documents."""
    return content_from_blocks(split_markdown(text))


def content_from_blocks(blocks: Iterable[SplitBlock]) -> Document:
    """Keys come from the headings, in order; each `{{name}}` becomes a required text variable."""
    content = new_content()
    seen: dict[str, int] = {}
    for block in blocks:
        content["blocks"].append(_keyed(block, seen))
    titled = any(block["title"] for block in content["blocks"])
    content["rendering"]["headings"] = "markdown" if titled else "none"
    texts = (b["title"] + b["body"] for b in content["blocks"] if b["type"] != "note")
    names = dict.fromkeys(name for text in texts for name in variable_names(text))
    content["variables"] = [new_variable(name) for name in names]
    return content


def _keyed(block: SplitBlock, seen: dict[str, int]) -> dict[str, Any]:
    key = imported_block_key(block.title, 0)
    seen[key] = seen.get(key, 0) + 1
    key = imported_block_key(block.title, seen[key])
    return new_block(block.type, title=block.title, body=block.body, key=key, as_="text")

"""Who wrote which words of a text, from all the texts it ever was. Pure.

Words that stay keep their writer. A sentence that the block held before, wherever it stood, in this
draft or in another, is its first writer's: moved, restored or merged, it stays theirs.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.prompts.words import Allowance, Hunk, common_end, common_start, hunks

_SENTENCE = re.compile(r"\s*\S[^\n]*?(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+|(?=\n)|$)|\s+$")
# What a whole history may cost: letters cut into words, and table cells (about 1.5 s together).
LETTERS, CELLS = 4 * 2**20, 2**32


class Text(NamedTuple):
    """What a block said after a step. `line` is the draft: each has its own row of texts."""

    line: int
    text: str


class Stretch(NamedTuple):
    """A run of the present text that one step wrote; `step` counts from 0."""

    text: str
    step: int


@dataclass
class _Line:
    text: str = ""
    writers: array[int] = field(default_factory=lambda: array("I"))


@dataclass
class _Book:
    """Everything known up to a step: where each line stands, and who first wrote each sentence."""

    lines: dict[int, _Line] = field(default_factory=dict)
    sentences: dict[str, array[int]] = field(default_factory=dict)
    allowance: Allowance = field(default_factory=lambda: Allowance(LETTERS, CELLS))


def blame(steps: Sequence[Text], line: int | None = None) -> tuple[Stretch, ...]:
    """The stretches of what `line` (that of the last step, if none is named) says after all steps,
    in order: joined they are the text. A step is named only for words that its own text has."""
    book = _Book()
    for number, step in enumerate(steps):
        _take(book, number, step)
    wanted = line if line is not None or not steps else steps[-1].line
    now = book.lines.get(wanted, _Line()) if wanted is not None else _Line()
    return tuple(_runs(now))


def sentences(text: str) -> list[str]:
    """The text cut behind each sentence and line; joined it is the text."""
    return _SENTENCE.findall(text)


def by_sentence(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """The same stretches, cut where sentences end: one list for each sentence."""
    text = "".join(stretch.text for stretch in stretches)
    left, found = list(reversed(stretches)), []
    for sentence in sentences(text):
        parts, room = [], len(sentence)
        while room:
            head = left.pop()
            if len(head.text) > room:
                left.append(Stretch(head.text[room:], head.step))
                head = Stretch(head.text[:room], head.step)
            parts.append(head)
            room -= len(head.text)
        found.append(parts)
    return found


def _take(book: _Book, number: int, step: Text) -> None:
    old = book.lines.get(step.line) or _nearest(book, step.text)
    new = step.text
    head = common_start(old.text, new)
    tail = common_end(old.text[head:], new[head:])
    gone = old.text[head : len(old.text) - tail]
    come = new[head : len(new) - tail]
    middle = _middle(hunks(gone, come, book.allowance), old.writers[head:], number)
    writers = old.writers[:head] + middle + old.writers[len(old.text) - tail :]
    _remembered(book, new, writers, head, len(new) - tail)
    book.lines[step.line] = _Line(new, writers)


def _nearest(book: _Book, text: str) -> _Line:
    """What a draft that is new here was copied from: who says the same, else the newest."""
    lines = list(book.lines.values())
    return next((line for line in lines if line.text == text), lines[-1] if lines else _Line())


def _middle(found: Sequence[Hunk], writers: array[int], number: int) -> array[int]:
    """The writers of the new side; `writers` begin where its old side begins."""
    made, place = array("I"), 0
    for at, hunk in enumerate(found):
        kept = hunk.equal and not _noise(found, at)
        made += writers[place : place + len(hunk.old)] if kept else _all(number, len(hunk.new))
        place += len(hunk.old)
    return made


def _noise(found: Sequence[Hunk], at: int) -> bool:
    """A space or a full stop between two rewritten words is not kept from before."""
    inside = 0 < at < len(found) - 1
    return inside and not any(letter.isalnum() for letter in found[at].new)


def _all(number: int, count: int) -> array[int]:
    return array("I", [number]) * count


def _remembered(book: _Book, text: str, writers: array[int], start: int, end: int) -> None:
    """Sentences that touch the changed part get their first writers, or are known from now on."""
    for begin, stop in _sentences_in(text, start, end):
        sentence = text[begin:stop]
        known = book.sentences.get(sentence)
        if known is None:
            book.sentences[sentence] = writers[begin:stop]
        else:
            writers[begin:stop] = known


def _sentences_in(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Places of the sentences, without the space before them, between the line ends around."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    for found in _SENTENCE.finditer(text, first, len(text) if last < 0 else last):
        space = len(found[0]) - len(found[0].lstrip())
        begin, stop = found.start() + space, found.end()
        if begin < stop and stop >= start and begin <= end:
            yield begin, stop


def _runs(line: _Line) -> Iterator[Stretch]:
    start = 0
    for place in range(1, len(line.text) + 1):
        if place == len(line.text) or line.writers[place] != line.writers[start]:
            yield Stretch(line.text[start:place], line.writers[start])
            start = place

"""Where quoted words stand in a text that was edited since. Pure.

First the words themselves, told apart by what stands around them; then, if they were edited, what
stands between their old neighbours, or around the words that are left of them. What is not alike
enough is gone: nothing else is pointed at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

AROUND = 64  # characters on each side of the quote
ALIKE = 0.6  # of the words (the share that difflib's ratio gives) must be the quoted ones
TOUCH = 8  # characters next to the words, on one side, that must be the old ones
LONG = 24  # characters: a quote of this size that stands there once is recognised by itself
MOST = 400  # places that are looked at, for each way of looking
SEED = 3  # words in a row that are left of an edited quote
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Anchor:
    """Quoted words of a block, with up to AROUND characters before and after them."""

    block_key: str
    quote: str
    before: str = ""
    after: str = ""


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int


def anchor_at(block_key: str, text: str, start: int, end: int) -> Anchor:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Anchor(block_key, text[start:end], before, after)


def find(anchor: Anchor, text: str) -> Span | None:
    """Where the quoted words are now; None when they are gone."""
    flat = _Flat(text)
    quote = _collapse(anchor.quote).strip()
    if not quote or len(text) == 0:
        return None
    around = _Around(_collapse(anchor.before), _collapse(anchor.after))
    found = _exact(quote, around, flat.text) or _edited(quote, around, flat.text)
    return flat.span(found) if found else None


def _collapse(text: str) -> str:
    """Line breaks and spaces differ between what is shown and what is stored."""
    return _SPACE.sub(" ", text)


class _Flat:
    """A text with single spaces, and the way back into the text itself."""

    def __init__(self, text: str) -> None:
        self._at: list[tuple[int, int]] = [(0, 0)]  # (place in the flat text, shift from there on)
        shift, parts, last = 0, [], 0
        for gap in _SPACE.finditer(text):
            parts += [text[last : gap.start()], " "]
            last = gap.end()
            if extra := gap.end() - gap.start() - 1:
                shift += extra
                self._at.append((gap.end() - shift, shift))
        self.text = "".join([*parts, text[last:]])

    def _back(self, place: int) -> int:
        return place + self._at[bisect_left(self._at, (place + 1,)) - 1][1]

    def span(self, found: Span) -> Span:
        return Span(self._back(found.start), self._back(found.end - 1) + 1)


@dataclass(frozen=True)
class _Around:
    before: str
    after: str

    def likeness(self, text: str, start: int, end: int) -> float:
        """0 to 1: the share of the words around that stand near `start` and `end`, or of the
        letters that touch them; 1 where nothing stood around."""
        size = len(self.before) + len(self.after)
        if not size:
            return 1.0
        left, right = text[max(0, start - 2 * AROUND) : start], text[end : end + 2 * AROUND]
        touching = _same_end(self.before, left) + _same_end(self.after[::-1], right[::-1])
        old = Counter(self.before.split()) + Counter(self.after.split())
        near = Counter(left.split()) + Counter(right.split())
        words = sum((old & near).values()) / max(1, sum(old.values()))
        return max(touching / size, words)

    def touches(self, text: str, start: int, end: int) -> bool:
        """Whether the old neighbours stand right before or right after; nothing stood there, so
        the text's own beginning or end does."""
        left = _same_end(self.before, text[max(0, start - TOUCH) : start])
        right = _same_end(self.after[::-1], text[end : end + TOUCH][::-1])
        begins, ends = not self.before and start == 0, not self.after and end == len(text)
        sides = ((left, self.before), (right, self.after))
        same = any(side and size >= min(TOUCH, len(side)) for size, side in sides)
        return begins or ends or same


def _same_end(one: str, other: str) -> int:
    size = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        size += 1
    return size


def _places(needle: str, text: str) -> Iterator[int]:
    """The first MOST of them; they may overlap."""
    place = text.find(needle)
    for _ in range(MOST):
        if place < 0:
            return
        yield place
        place = text.find(needle, place + 1)


def _exact(quote: str, around: _Around, text: str) -> Span | None:
    whole = text.find(around.before + quote + around.after)
    if whole >= 0:
        start = whole + len(around.before)
        return Span(start, start + len(quote))
    places = list(_places(quote, text))
    if len(places) == MOST:
        return None  # too common to be told apart
    ranked = sorted(
        ((around.likeness(text, at, at + len(quote)), at) for at in places), reverse=True
    )
    if not ranked:
        return None
    once, found = len(ranked) == 1, Span(ranked[0][1], ranked[0][1] + len(quote))
    if once and (len(quote) >= LONG or not around.before + around.after):
        return found
    first = once or ranked[0][0] > ranked[1][0]
    return found if first and around.touches(text, *found) else None


def _edited(quote: str, around: _Around, text: str) -> Span | None:
    """The stretch that is most like the quote; None unless ALIKE, and between or next to the words
    that stood around it."""
    best: tuple[float, Span] | None = None
    between = set(_between(quote, around, text))
    for window in sorted({*between, *_around_seeds(quote, text)}):
        likeness, span = _likest(quote, text, window)
        if window not in between and not around.touches(text, *span):
            continue
        if likeness >= ALIKE and (best is None or likeness > best[0]):
            best = likeness, span
        elif best and likeness == best[0] and not _overlap(span, best[1]):
            return None
    return best[1] if best else None


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _between(quote: str, around: _Around, text: str) -> Iterator[Span]:
    """What stands between the words before and the words after."""
    left, right = around.before[-AROUND // 2 :], around.after[: AROUND // 2]
    far = 2 * len(quote) + AROUND
    if not left.strip() or not right.strip():
        return
    for at in list(_places(left, text))[:8]:
        start = at + len(left)
        end = text.find(right, start, start + far + len(right))
        if end > start:
            yield Span(start, end)


def _around_seeds(quote: str, text: str) -> Iterator[Span]:
    """Room for the quote around words of it that stand in the text once."""
    words = quote.split(" ")
    step = max(1, len(words) // 8)
    for place in range(0, max(1, len(words) - SEED + 1), step):
        seed = " ".join(words[place : place + SEED])
        at = text.find(seed) if len(words) >= SEED else -1
        if at < 0 or text.find(seed, at + 1) >= 0:
            continue
        ahead = len(" ".join(words[:place]))
        start = max(0, at - ahead - len(quote) // 2)
        yield Span(start, min(len(text), at + len(quote) - ahead + len(quote) // 2 + 1))


def _likest(quote: str, text: str, window: Span) -> tuple[float, Span]:
    """The part of the window from the first to the last word that it shares with the quote."""
    words = [Span(m.start(), m.end()) for m in _word.finditer(text, window.start, window.end)]
    old, new = quote.split(" "), [text[word.start : word.end] for word in words]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()[:-1]
    if not blocks:
        return 0.0, window
    first, last = blocks[0].b, blocks[-1].b + blocks[-1].size
    same = sum(block.size for block in blocks)
    likeness = 2 * same / (len(old) + last - first)
    return likeness, Span(words[first].start, words[last - 1].end)


_word = re.compile(r"\S+")

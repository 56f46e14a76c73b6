"""Word marks that a person can read: the shortest edit, tidied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from apps.prompts.words import Allowance, Hunk, hunks, joined, words

MAX_SEGMENTS = 5000
_FAR = 200
_NOTHING = Hunk("", "", equal=True)


class Segment(NamedTuple):
    """`op`: equal, delete (in the old text alone) or insert (in the new text alone)."""

    op: str
    text: str


Segments = tuple[Segment, ...]


def word_segments(old: str, new: str, allowance: Allowance | None = None) -> tuple[Segments, bool]:
    """The marks, and whether a part was too large or too different to be marked word by word.
    Equal and inserted texts in order are `new` exactly, equal and deleted ones `old`."""
    found = merged(hunks(old, new, allowance or Allowance()))
    if len(found) > MAX_SEGMENTS // 2:
        return tuple(_segments([Hunk(old, new)])), True
    return tuple(_segments(_slid(found))), any(hunk.whole for hunk in found)


def _segments(found: list[Hunk]) -> Iterator[Segment]:
    for hunk in found:
        if hunk.equal:
            yield Segment("equal", hunk.new)
            continue
        if hunk.old:
            yield Segment("delete", hunk.old)
        if hunk.new:
            yield Segment("insert", hunk.new)


class _Run(NamedTuple):
    """Hunks `start` to `end` (exclusive) seen as one; lengths in letters."""

    start: int
    end: int
    old: int
    new: int


def merged(found: list[Hunk]) -> list[Hunk]:
    """An equal run that is not longer than the changes on either side of it is noise (the space
    and "the" between two rewritten words): the three become one change."""
    runs: list[_Run] = []
    for place, hunk in enumerate(found):
        runs.append(_Run(place, place + 1, len(hunk.old), len(hunk.new)))
        while len(runs) >= 3 and not hunk.equal and _is_noise(*runs[-3:]):
            three = runs[-3:]
            old, new = sum(run.old for run in three), sum(run.new for run in three)
            runs[-3:] = [_Run(three[0].start, three[2].end, old, new)]
    return [_one(found[run.start : run.end]) for run in runs]


def _is_noise(before: _Run, equal: _Run, after: _Run) -> bool:
    return equal.new <= min(max(before.old, before.new), max(after.old, after.new))


def _one(group: list[Hunk]) -> Hunk:
    if len(group) == 1:
        return group[0]
    old, new = "".join(hunk.old for hunk in group), "".join(hunk.new for hunk in group)
    return Hunk(old, new, whole=any(hunk.whole for hunk in group))


def _slid(found: list[Hunk]) -> list[Hunk]:
    """Moves a pure insertion or deletion to the nearest line or sentence edge: "A. [B. ]C." and
    not "A[. B]. C."; the texts stay what they are."""
    moved = [_NOTHING, *found, _NOTHING]  # an edit at either end may leave text behind, too
    for place, hunk in enumerate(found, 1):
        if hunk.equal or (hunk.old and hunk.new) or hunk.whole:
            continue
        before, after = moved[place - 1].new, moved[place + 1].new
        start, edit, end = _best(before, hunk.old or hunk.new, after)
        moved[place - 1] = Hunk(start, start, equal=True)
        moved[place] = Hunk(edit, "") if hunk.old else Hunk("", edit)
        moved[place + 1] = Hunk(end, end, equal=True)
    return joined(moved)


def _best(before: str, edit: str, after: str) -> tuple[str, str, str]:
    """The three texts with the edit slid to the best edge; their sum does not change."""
    text = before + edit + after
    best = start = _leftmost(before, edit)
    for step in _steps(text, start, len(edit)):
        if _edge(text, step) + _edge(text, step + len(edit)) >= _edge(text, best) + _edge(
            text, best + len(edit)
        ):
            best = step
    return text[:best], text[best : best + len(edit)], text[best + len(edit) :]


def _leftmost(before: str, edit: str) -> int:
    """How far left the edit can slide, word by word: where it repeats what stands before it."""
    place = len(before)
    text = before[-len(edit) - _FAR * 4 :] + edit
    spare = len(before) + len(edit) - len(text)
    for word in reversed(words(before[-_FAR * 4 :])[1:][-_FAR:]):
        after = place - spare - len(word)
        if text[after + len(edit) : after + len(edit) + len(word)] != word:
            break
        place -= len(word)
    return place


def _steps(text: str, start: int, size: int) -> Iterator[int]:
    yield start
    for word in words(text[start : start + size + _FAR * 4])[: 2 * _FAR]:
        if text[start + size : start + size + len(word)] != word:
            return
        start += len(word)
        yield start


def _edge(text: str, place: int) -> int:
    """How natural a cut is here."""
    if place in (0, len(text)):
        return 5
    before, after = text[place - 1], text[place]
    if before == "\n":
        return 4
    if after == "\n":
        return 3
    if before == " " and text[place - 2 : place - 1] in (".", "!", "?"):
        return 2
    return 1 if before.isspace() or after.isspace() else 0

"""Two people changed the same text: both changes, or both texts when they meet.

Words of the base that only one side changed take that side's change. Where both changed the same
words, or touched the same gap, the same change counts once and different ones are a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from apps.prompts.compare.blocks import longest_rising
from apps.prompts.words import Allowance, hunks


class Part(NamedTuple):
    """A run of the base and what each side made of it. `kind`: same (nobody changed it), mine,
    theirs (one did), both (the same change twice), conflict."""

    kind: str
    base: str
    mine: str
    theirs: str

    @property
    def text(self) -> str:
        """What stands in the merged text: in a conflict, one wording after the other."""
        if self.kind == "conflict":
            return self.mine + self.theirs
        return self.theirs if self.kind == "theirs" else self.mine


@dataclass(frozen=True)
class Merge:
    """With a conflict, `text` is a proposal that holds both wordings."""

    text: str
    conflict: bool
    parts: tuple[Part, ...]


class _Edit(NamedTuple):
    """The base from `start` to `end` became `text`."""

    start: int
    end: int
    text: str


def merge(base: str, mine: str, theirs: str) -> Merge:
    parts = tuple(_parts(base, _edits(base, mine), _edits(base, theirs)))
    conflict = any(part.kind == "conflict" for part in parts)
    return Merge("".join(part.text for part in parts), conflict, parts)


def _edits(base: str, text: str) -> list[_Edit]:
    edits: list[_Edit] = []
    place = 0
    for hunk in hunks(base, text, Allowance()):
        if not hunk.equal:
            edits.append(_Edit(place, place + len(hunk.old), hunk.new))
        place += len(hunk.old)
    return edits


def _parts(base: str, mine: list[_Edit], theirs: list[_Edit]) -> Iterator[Part]:
    place = 0
    for start, end, left, right in _groups(mine, theirs):
        if start > place:
            yield _part("same", base[place:start], base[place:start], base[place:start])
        old = base[start:end]
        one, other = (_applied(base, start, end, edits) for edits in (left, right))
        kind = "mine" if not right else "theirs" if not left else "conflict"
        yield _part("both" if left and one == other else kind, old, one, other)
        place = end
    if place < len(base):
        yield _part("same", base[place:], base[place:], base[place:])


def _part(kind: str, base: str, mine: str, theirs: str) -> Part:
    return Part(kind, base, mine, theirs)


def _groups(
    mine: list[_Edit], theirs: list[_Edit]
) -> Iterator[tuple[int, int, list[_Edit], list[_Edit]]]:
    """Edits that overlap or touch, together with the stretch of the base that they cover."""
    waiting = sorted(
        [(edit, 0) for edit in mine] + [(edit, 1) for edit in theirs],
        key=lambda found: (found[0].start, found[0].end),
    )
    sides: tuple[list[_Edit], list[_Edit]] = ([], [])
    start = end = -1
    for edit, side in waiting:
        if end >= 0 and edit.start > end:
            yield start, end, *sides
            sides, end = ([], []), -1
        start = edit.start if end < 0 else start
        end = max(end, edit.end)
        sides[side].append(edit)
    if end >= 0:
        yield start, end, *sides


def _applied(base: str, start: int, end: int, edits: Sequence[_Edit]) -> str:
    text, place = "", start
    for edit in edits:
        text += base[place : edit.start] + edit.text
        place = edit.end
    return text + base[place:end]


@dataclass(frozen=True)
class MergedOrder:
    """`conflict`: both sides moved the same block, to different places; mine was taken."""

    order: tuple[str, ...]
    conflict: bool


def merge_order(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> MergedOrder:
    """Keys of blocks in order. What either side removed is gone; what either added stands after
    the block that it was put after; what only one moved stands where that one put it."""
    gone = (set(base) - set(mine)) | (set(base) - set(theirs))
    left, right = ([key for key in side if key not in gone] for side in (mine, theirs))
    moves, other = _moves(base, left), _moves(base, right)
    order = [key for key in right if key not in moves]
    for place, key in enumerate(left):
        if key in moves:
            after = next((k for k in reversed(left[:place]) if k in order), None)
            order.insert(order.index(after) + 1 if after is not None else 0, key)
    clash = any(_before(left, key) != _before(right, key) for key in moves & other)
    return MergedOrder(tuple(order), clash)


def _moves(base: Sequence[str], side: Sequence[str]) -> set[str]:
    """What this side added or moved: all but a longest run in the order of the base."""
    places = {key: place for place, key in enumerate(base)}
    known = [key for key in side if key in places]
    kept = {known[k] for k in longest_rising([places[key] for key in known])}
    return set(side) - kept


def _before(order: Sequence[str], key: str) -> str | None:
    place = order.index(key)
    return order[place - 1] if place else None

"""Texts as words, and the longest common run of words of two texts.

Nothing here looks at a clock: the work is bounded by an allowance of letters and of table cells,
so the same two texts always give the same marks, on a busy machine too. (diff-match-patch bounds
its search by time, but not its half-match: 256 KiB of two repeated words took it 10 to 24 s.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

# Letters of scripts that write without spaces stand alone; a line end is always its own word.
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|\n|[^\S\n]+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MAX_TABLE = 2**28
_LONG_WORD = 8


@dataclass
class Allowance:
    """What one comparison may cost. A table cell is one word against one word (2^29 take about
    60 ms); a table holds at most 2^28 cells, 32 MiB."""

    letters: int = 640 * 1024
    cells: int = 2**29

    def take_letters(self, count: int) -> bool:
        self.letters -= count
        return self.letters >= 0

    def take_cells(self, count: int) -> bool:
        if count > min(self.cells, _MAX_TABLE):
            return False
        self.cells -= count
        return True


@dataclass(frozen=True)
class Hunk:
    """`old` became `new`; the same text on both sides when `equal`. `whole` when the words inside
    were not looked at."""

    old: str
    new: str
    equal: bool = False
    whole: bool = False


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def hunks(old: str, new: str, allowance: Allowance) -> list[Hunk]:
    """Equal and changed runs, alternating, in order; they put both texts together again."""
    head = common_start(old, new)
    tail = common_end(old[head:], new[head:])
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = _middle(middle_old, middle_new, allowance)
    return joined([_same(old[:head]), *found, _same(old[len(old) - tail :])])


def _same(text: str) -> Hunk:
    return Hunk(text, text, equal=True)


def _middle(old: str, new: str, allowance: Allowance) -> Iterator[Hunk]:
    if not old or not new:
        yield Hunk(old, new)
    elif not allowance.take_letters(len(old) + len(new)):
        yield Hunk(old, new, whole=True)
    else:
        yield from _by_words(old, new, allowance) or _by_lines(old, new, allowance)


def _by_words(old: str, new: str, allowance: Allowance) -> list[Hunk]:
    """Empty when one table cannot hold the words; so long a text is not even cut into words."""
    if len(old) * len(new) > _LONG_WORD**2 * _MAX_TABLE:
        return []
    before, after = words(old), words(new)
    return _aligned(before, after) if allowance.take_cells(len(before) * len(after)) else []


def _by_lines(old: str, new: str, allowance: Allowance) -> Iterator[Hunk]:
    """Too many words for one table: lines first, then the words of each run of changed lines."""
    before, after = _LINE.findall(old), _LINE.findall(new)
    if not allowance.take_cells(len(before) * len(after)):
        yield Hunk(old, new, whole=True)
        return
    for hunk in joined(_aligned(before, after)):
        yield from [hunk] if hunk.equal or not (hunk.old and hunk.new) else _inside(hunk, allowance)


def _inside(hunk: Hunk, allowance: Allowance) -> list[Hunk]:
    whole = Hunk(hunk.old, hunk.new, whole=True)
    return _by_words(hunk.old, hunk.new, allowance) or [whole]


def _aligned(before: list[str], after: list[str]) -> list[Hunk]:
    left, right = encode(before, after)
    return [
        Hunk(
            "".join(before[step.src_start : step.src_end]),
            "".join(after[step.dest_start : step.dest_end]),
            equal=step.tag == "equal",
        )
        for step in Indel.opcodes(left, right)
    ]


def encode(*lists: Sequence[str]) -> tuple[str, ...]:
    """Each distinct word becomes one letter (never a surrogate), so that C code can compare."""
    letters: dict[str, str] = {}
    for items in lists:
        for item in dict.fromkeys(items):
            number = len(letters) + 32
            letters.setdefault(item, chr(number if number < 0xD800 else number + 0x800))
    return tuple("".join(map(letters.__getitem__, items)) for items in lists)


def joined(parts: Sequence[Hunk] | Iterator[Hunk]) -> list[Hunk]:
    """Neighbours of the same kind become one hunk, empty ones vanish."""
    groups: list[list[Hunk]] = []
    for part in parts:
        if not part.old and not part.new:
            continue
        if groups and groups[-1][0].equal == part.equal:
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_one(group) for group in groups]


def _one(group: list[Hunk]) -> Hunk:
    old, new = "".join(h.old for h in group), "".join(h.new for h in group)
    return Hunk(old, new, group[0].equal, any(h.whole for h in group))


def common_start(a: str, b: str) -> int:
    """Letters that both begin with, back to the end of a word that both have whole."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[low:middle] == b[low:middle] else (low, middle - 1)
    return low if low == len(a) == len(b) else _word_end(a, b, low)


def _word_end(a: str, b: str, end: int) -> int:
    while end and (_glued(a, end) or _glued(b, end)):
        end -= 1
    return end


def common_end(a: str, b: str) -> int:
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        same = a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]
        low, high = (middle, high) if same else (low, middle - 1)
    while low and (_glued(a, len(a) - low) or _glued(b, len(b) - low)):
        low -= 1
    return low


def _glued(text: str, place: int) -> bool:
    """Whether a cut at `place` would go through a word."""
    return 0 < place < len(text) and bool(_WORD.fullmatch(text[place - 1 : place + 1]))

"""Which declared name somebody meant. Pure; `static/src/js/editor/nearest.js` does the same."""

from __future__ import annotations

from collections.abc import Iterable

_MOST = 3


def nearest(name: str, names: Iterable[str]) -> str:
    """The closest of the names, the first of equals; "" when none is close: at most one slip for
    each three letters, and never more than three."""
    allowed = min(_MOST, len(name) // 3)
    known = list(names)
    slips = [_slips(name.lower(), other.lower()) for other in known]
    return known[slips.index(min(slips))] if slips and min(slips) <= allowed else ""


def _slips(a: str, b: str) -> int:
    """Letters put in, left out, exchanged or swapped with their neighbour (optimal string
    alignment)."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, last = last, row
    return last[-1]

"""Pairs of 256 KiB texts that bring naive comparers to their knees; the benchmark uses them too."""

from __future__ import annotations

import random

SIZE = 256 * 1024


def pairs() -> dict[str, tuple[str, str]]:
    chance = random.Random(7)

    def drawn(pieces: tuple[str, ...]) -> str:
        return "".join(chance.choices(pieces, k=SIZE // len(pieces[0])))

    numbers = [str(number) for number in range(40_000)]
    shuffled = random.Random(8).sample(numbers, len(numbers))
    half = SIZE // 4
    return {
        "two lines": (drawn(("x\n", "y\n")), drawn(("x\n", "y\n"))),
        "near lines": (_lines(7), _lines(5)),
        "four words": (drawn(("a ", "b ", "c ", "d ")), drawn(("a ", "b ", "c ", "d "))),
        "four letters": (drawn(("a", "b", "c", "d")), drawn(("a", "b", "c", "d"))),
        "halves swapped": ("a " * half + "b " * half, "b " * half + "a " * half),
        "reversed": (" ".join(numbers), " ".join(reversed(numbers))),
        "shuffled": (" ".join(numbers), " ".join(shuffled)),
        "marks": (drawn(("!", "?")), drawn(("!", "?"))),
        "shifted run": ("." + "!" * (half * 2) + ",", ";" + "!" * (half * 2 - 1) + ":!!!"),
        "golden string": (_golden("!", "?"), _golden("?", "!")),
    }


def middling() -> dict[str, tuple[str, str]]:
    """The largest that still fit one table of words, and so cost the most of those marked."""
    chance = random.Random(9)
    few = [" ".join(chance.choice("abcd") for _ in range(8000)) for _ in range(2)]
    lines = ["".join(f"{chance.choice('xy')}\n" for _ in range(8000)) for _ in range(2)]
    return {"four words": (few[0], few[1]), "two lines": (lines[0], lines[1])}


def _lines(period: int) -> str:
    return "".join(f"the same line {i % period} of it\n" for i in range(SIZE // 23))


def _golden(short: str, long: str) -> str:
    while len(long) < SIZE:
        short, long = long, long + short
    return long[:SIZE]

"""Who rates what: a seeded sample, shared out so that nobody gets more than one more than another.
Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def sampled(items: Sequence[Item], many: int, seed: int | str) -> list[Item]:
    """So many of the items, in their order; the same for the same seed."""
    if many >= len(items):
        return list(items)
    places = random.Random(seed).sample(range(len(items)), many)  # noqa: S311 - a lot, no secret
    return [items[place] for place in sorted(places)]


def assigned(
    items: Sequence[Item], raters: Sequence[int], each: int, seed: int | str
) -> list[tuple[Item, int]]:
    """Each item to `each` different raters, in an order drawn by lot. Loads differ by one at most.

    Raters meet in changing groups: a circle is dealt from, and turned by one after each round.
    """
    if not 1 <= each <= len(raters):
        raise ValueError("there must be as many raters as each item is to have")
    lot = random.Random(seed)  # noqa: S311 - a lot, no secret
    mixed, circle = list(items), list(raters)
    lot.shuffle(mixed)
    lot.shuffle(circle)
    loads = dict.fromkeys(circle, 0)
    found = []
    for place, item in enumerate(mixed):
        turned = circle[place % len(circle) :] + circle[: place % len(circle)]
        for rater in sorted(turned, key=loads.__getitem__)[:each]:
            loads[rater] += 1
            found.append((item, rater))
    return found


def swapped(seed: int, item: int) -> bool:
    """Whether the second of two answers stands left: by lot, for each item its own."""
    return random.Random(f"{seed}:{item}").random() < 0.5  # noqa: S311 - a lot, no secret

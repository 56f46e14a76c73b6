"""A sample that has something of everything: of each version, arm, tag and outcome. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Row = TypeVar("Row")


def stratified(
    rows: Iterable[Row], of: Callable[[Row], Hashable], most: int, seed: int
) -> list[Row]:
    """At most so many rows: the groups take turns, the rarest first, so that none is missing while
    there is room. The same rows and the same seed are the same sample."""
    dice = random.Random(seed)  # noqa: S311 - a sample, no secret
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault(of(row), []).append(row)
    queues = sorted(groups.values(), key=len)
    for queue in queues:
        dice.shuffle(queue)
    found: list[Row] = []
    while queues and len(found) < most:
        for queue in list(queues):
            if len(found) < most:
                found.append(queue.pop())
            if not queue:
                queues.remove(queue)
    return found

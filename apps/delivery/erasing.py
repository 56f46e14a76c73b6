"""What else holds words of calls, and forgets them when the calls do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

Eraser = Callable[[Collection[int], datetime], int]  # prompts, and calls before which moment
_erasers: list[Eraser] = []


def register_eraser(eraser: Eraser) -> None:
    """A higher app, in its ready()."""
    _erasers.append(eraser)


def erase_elsewhere(prompts: Collection[int], before: datetime) -> int:
    return sum(erase(prompts, before) for erase in _erasers)

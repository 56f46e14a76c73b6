"""What time it is, by the database: the clocks of machines differ and jump, its own is the one that
keys expire by. Between two words of the database the steady clock of this process counts on.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class DatabaseClock:
    """Without a word of the database yet (a start from a snapshot), the machine's clock is taken,
    and never an earlier time than the snapshot's."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._told: tuple[float, float] | None = None  # the database's time, and ours then
        self._least = 0.0

    def set(self, seconds: float) -> None:
        """The database says that it is so many seconds since 1970."""
        self._told = (seconds, self._steady())

    def not_before(self, seconds: float) -> None:
        """It was this late once already."""
        self._least = max(self._least, seconds)

    @property
    def known(self) -> float:
        """The latest time that anybody told; 0 for none."""
        return max(self._told[0] if self._told else 0.0, self._least)

    def now(self) -> float:
        if self._told is None:
            return max(self._wall(), self._least)
        at, then = self._told
        return at + (self._steady() - then)

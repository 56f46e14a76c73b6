"""How much of what applications send back is taken at once: the rest is sent away, to come again.

Fetches are answered by the event loop, from memory, and never stand in this line.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from apps.delivery.problems import Problem

AT_ONCE = 2  # threads for batches of calls, and as many for the rest; a connection each
MOST_TOGETHER = 8  # batches of calls that share a transaction
MOST_CALLS = 32  # that run or wait
MOST_BYTES = 32 * 1024 * 1024  # of their bodies


class Line:
    """Counts what is under way; `enter` refuses what is too much before anything of it is read."""

    def __init__(self, calls: int = MOST_CALLS, size: int = MOST_BYTES) -> None:
        self._most_calls, self._most_bytes = calls, size
        self._lock = threading.Lock()
        self.calls = self.bytes = self.refused = 0

    @contextmanager
    def enter(self, size: int) -> Iterator[None]:
        """Problem 429 when there is no room; nothing of the call was kept."""
        with self._lock:
            if self.calls >= self._most_calls or self.bytes + size > self._most_bytes:
                self.refused += 1
                raise _busy()
            self.calls += 1
            self.bytes += size
        try:
            yield
        finally:
            with self._lock:
                self.calls -= 1
                self.bytes -= size


def _busy() -> Problem:
    seconds = random.randint(1, 3)  # noqa: S311 - spreads those who come again, no secret
    words = (
        f"Too much is being sent at once. Nothing of this was kept: send it again in {seconds} s."
    )
    return Problem("busy", words, headers={"Retry-After": str(seconds)})


LINE = Line()
THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="galley-intake")

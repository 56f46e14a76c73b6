"""Work that came while all threads were busy is done together by the next one that is free.

Nobody waits for company: what finds a free thread is begun at once, alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """`work` gets what is to be done and says for each, in the same order, what became of it; it
    is called in at most `threads` threads at a time, with at most `most` things."""

    def __init__(
        self, work: Callable[[Sequence[T]], Sequence[R | Exception]], *, threads: int, most: int
    ) -> None:
        self._work, self._most = work, most
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="galley-together")
        self._lock = threading.Lock()
        self._waiting: deque[tuple[T, asyncio.Future[R | Exception]]] = deque()

    async def done(self, one: T) -> R:
        """What became of it; raises what `work` says of it instead."""
        future: asyncio.Future[R | Exception] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append((one, future))
        self._threads.submit(self._do_some)  # there is a turn for each that waits, or more
        outcome = await future
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _do_some(self) -> None:
        with self._lock:
            count = min(len(self._waiting), self._most)
            group = [self._waiting.popleft() for _ in range(count)]
        if not group:  # another turn took it along
            return
        outcomes: Sequence[R | Exception]
        try:
            outcomes = self._work([one for one, _future in group])
        except Exception as error:
            outcomes = [error] * len(group)
        told = [(future, what) for (_one, future), what in zip(group, outcomes, strict=True)]
        told[0][0].get_loop().call_soon_threadsafe(_tell, told)


def _tell(told: Sequence[tuple[asyncio.Future[R | Exception], R | Exception]]) -> None:
    for future, outcome in told:
        if not future.done():  # whoever asked may have gone
            future.set_result(outcome)

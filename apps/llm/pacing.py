"""How fast a connection is asked: fewer calls at once after a 429, more after answers, and a rest
when the provider fails again and again.

One Pace a connection and process, shared by all who ask; its numbers outlive event loops.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from apps.llm.questions import Line
from apps.llm.unanswered import UNWELL, Unanswered, sentence_of

FAILURES = 10  # in a row, until the connection rests
REST, LONGEST_REST = 5.0, 60.0
LONGEST_PAUSE = 30.0
_Waiter = tuple[asyncio.AbstractEventLoop, "asyncio.Future[None]"]


@dataclass
class Pace:
    most: int
    clock: Callable[[], float] = time.monotonic
    most_failures: int = FAILURES
    limit: float = 0.0
    active: int = 0
    paused_until: float = 0.0
    rests_until: float = 0.0
    failures: int = 0
    rests: int = 0
    last_code: str = ""
    _slowed_at: float = -1.0
    _waiters: deque[_Waiter] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.limit = self.limit or float(self.most)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[float]:
        """Wait for a place among the calls at once; gives the moment at which it was had."""
        await self._enter()
        try:
            yield self.clock()
        finally:
            self._leave()

    def check(self) -> None:
        """Raise Unanswered while the connection rests."""
        left = self.rests_until - self.clock()
        if left > 0:
            why = sentence_of(self.last_code)
            raise Unanswered(
                "resting",
                f"{self.failures} failures in a row, the last: {self.last_code}",
                sentence=f"{sentence_of('resting')} {why}",
                retry_after=round(left, 1),
            )

    def went_well(self) -> None:
        self.failures = self.rests = 0
        self.limit = min(float(self.most), self.limit + 1 / max(1.0, self.limit))

    def went_wrong(self, code: str, *, began: float, retry_after: float | None) -> None:
        """Half as many at once after a 429, once for all calls that were under way together."""
        if code == "rate_limited":
            if began >= self._slowed_at:
                self._slowed_at = self.clock()
                self.limit = max(1.0, self.limit / 2)
            self.paused_until = max(
                self.paused_until, self.clock() + min(retry_after or 0.0, LONGEST_PAUSE)
            )
        if code not in UNWELL:
            return
        self.failures, self.last_code = self.failures + 1, code
        if self.failures >= self.most_failures and self.clock() >= self.rests_until:
            self.rests_until = self.clock() + min(REST * 2**self.rests, LONGEST_REST)
            self.rests += 1
            self.failures = self.most_failures - 1  # one more, and it rests again

    async def _enter(self) -> None:
        while True:
            wait = self.paused_until - self.clock()
            if wait > 0:
                await asyncio.sleep(wait)
                continue
            with self._lock:
                if self.active < max(1, int(self.limit)):
                    self.active += 1
                    return
                loop = asyncio.get_running_loop()
                future: asyncio.Future[None] = loop.create_future()
                self._waiters.append((loop, future))
            try:
                await future
            except asyncio.CancelledError:
                self._wake()  # the place that was offered goes to the next
                raise

    def _leave(self) -> None:
        with self._lock:
            self.active -= 1
        self._wake()

    def _wake(self) -> None:
        """As many of those who wait as there is room for; each looks again for itself."""
        with self._lock:
            room = max(1, int(self.limit)) - self.active
            woken: list[_Waiter] = []
            while self._waiters and len(woken) < room:
                woken.append(self._waiters.popleft())
        for loop, future in woken:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_set, future)


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


_paces: dict[tuple[str, str, str], Pace] = {}


def pace_of(line: Line) -> Pace:
    """The one pace of a connection in this process."""
    key = (line.kind, line.address, hashlib.sha256(line.secret.encode()).hexdigest()[:16])
    pace = _paces.setdefault(key, Pace(line.max_parallel))
    if pace.most != line.max_parallel:
        pace.most, pace.limit = line.max_parallel, float(line.max_parallel)
    return pace

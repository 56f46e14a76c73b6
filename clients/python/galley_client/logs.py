"""What applications tell of their calls: kept in memory, sent in batches, none lost silently."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Any

from galley_client.errors import Trouble
from galley_client.wire import Reply, retry_after

log = logging.getLogger("galley_client")

LOGS = "/api/v1/logs"
FEEDBACK = "/api/v1/feedback"
MOST = 10_000
BATCH = 500
AGAIN = {401, 403, 404, 408, 425, 429}  # like 5xx: the events may be taken later

Event = dict[str, Any]


class LogQueue:
    """Bounded: when the server is away for too long the newest events are dropped, and counted.
    Safe to use from many threads. What is sent twice, because no answer came, counts once: it has
    an id of its own, or that of the call that it is about. `field`: their name in a body."""

    def __init__(self, most: int = MOST, address: str = LOGS, field: str = "events") -> None:
        self.most = most
        self.address, self.field = address, field
        self.dropped = 0
        self._lock = threading.Lock()
        self._events: deque[Event] = deque()
        self._is_warned = False
        self.size = BATCH

    def __len__(self) -> int:
        return len(self._events)

    def add(self, event: Event) -> None:
        with self._lock:
            if len(self._events) < self.most:
                self._events.append(event)
                return
        self.drop(1, f"{self.most:,} wait already")

    def batch(self) -> list[Event]:
        """The oldest ones; they stay until `settle` has heard what the server said."""
        with self._lock:
            return [self._events[i] for i in range(min(self.size, len(self._events)))]

    def settle(self, batch: list[Event], reply: Reply, told: Any) -> None:
        """Take out what the server has taken or will never take; Trouble if it may be sent again
        later."""
        if reply.status == 413 and len(batch) > 1:
            self.size = len(batch) // 2
            return
        if reply.status >= 500 or reply.status in AGAIN:
            sentence = f"The server answered {reply.status} to {len(batch)} events."
            raise Trouble(sentence, status=reply.status, wait=retry_after(reply.headers))
        done = {id(event) for event in batch}
        with self._lock:
            while self._events and id(self._events[0]) in done:
                self._events.popleft()
        self.size = BATCH
        if reply.status != 202:
            self.drop(len(batch), f"the server answered {reply.status}")
        elif rejected := _rejected(told):
            self.drop(len(rejected), f"the server rejected them: {rejected[0]}")

    def drop(self, count: int, reason: str) -> None:
        """Never silently: counted, and warned about once until something is sent again."""
        self.dropped += count
        if not self._is_warned:
            self._is_warned = True
            log.warning("%d log events are dropped (%s).", count, reason)

    def empty(self) -> None:
        """A child process leaves them to its parent."""
        self._lock = threading.Lock()
        self._events.clear()


def _rejected(told: Any) -> list[str]:
    rows = told.get("rejected") if isinstance(told, dict) else None
    return [str(row)[:300] for row in rows] if isinstance(rows, list) else []

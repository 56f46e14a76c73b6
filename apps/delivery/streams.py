"""Every open stream of this process: who is told what, and when it ends."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

from apps.delivery.news import News
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store

MAX_STREAMS = 2000
MAX_WAITING = 100  # events a slow reader may lag behind; then it is told to look at everything
RESET = "event: reset\ndata: {}\n\n"


class Stream:
    """One caller that listens. Only its event loop touches it."""

    def __init__(self, key: KeyRecord) -> None:
        self.key = key
        self.loop = asyncio.get_running_loop()
        self.waiting: asyncio.Queue[str | None] = asyncio.Queue(MAX_WAITING)

    def put(self, text: str | None) -> None:
        """None ends the stream."""
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(RESET)
        self.waiting.put_nowait(text)


class Streams:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: set[Stream] = set()
        self._lock = threading.Lock()
        self._closing = False

    def add(self, stream: Stream) -> bool:
        """False when this process is full or stops."""
        with self._lock:
            if self._closing or len(self._open) >= MAX_STREAMS:
                return False
            if self._heard not in self._store.desk.listeners:
                self._store.desk.listeners = (*self._store.desk.listeners, self._heard)
            self._open.add(stream)
            return True

    def remove(self, stream: Stream) -> None:
        with self._lock:
            self._open.discard(stream)

    def close_all(self) -> None:
        self._closing = True
        for loop in {stream.loop for stream in tuple(self._open)}:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._close, loop)

    def may_go_on(self, key: KeyRecord) -> bool:
        """Whether the key is still good, as far as this process knows."""
        known = self._store.keys.get(key.selector)
        if known is None or known.revoked:
            return False
        return known.expires_at > self._store.clock.now()

    def shown(self, key: KeyRecord, one: News) -> bool:
        """A stream hears only of what its key may fetch."""
        place = self._store.by_prompt.get(one.prompt_id)
        mine = one.environment_id == key.environment_id
        return mine and place is not None and place.is_open_to(key)

    def _heard(self, news: list[News]) -> None:
        """Called by the thread that reads the trail: one call into each loop, not one a stream."""
        for loop in {stream.loop for stream in tuple(self._open)}:
            with suppress(RuntimeError):  # its loop is gone
                loop.call_soon_threadsafe(self._spread, loop, news)

    def _spread(self, loop: asyncio.AbstractEventLoop, news: list[News]) -> None:
        events = [(one, one.event()) for one in news]
        for stream in tuple(self._open):
            if stream.loop is not loop:
                continue
            if not self.may_go_on(stream.key):
                stream.put(None)
                continue
            for one, text in events:
                if self.shown(stream.key, one):
                    stream.put(text)

    def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        for stream in tuple(self._open):
            if stream.loop is loop:
                stream.put(None)

"""The thread in which a `Galley` works behind its callers: one event loop, begun when needed."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from galley_client.core import LAST_WORDS, Core
from galley_client.errors import GalleyError

T = TypeVar("T")


class Thread:
    """Holds the core and never the `Galley`, so that one that nobody holds can end."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._left: list[object] = []
        self.is_closed = False

    def call(self, make: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
        """What the coroutine gives; GalleyError if there is no thread, or it does not get to it."""
        loop = self._begin()
        if loop is None:
            raise GalleyError("This client is closed, or Python ends.")
        work = make()
        try:
            future = asyncio.run_coroutine_threadsafe(work, loop)
        except RuntimeError:
            work.close()
            raise GalleyError("This client was closed meanwhile.") from None
        try:
            return future.result(seconds)
        except concurrent.futures.TimeoutError:
            future.cancel()
            raise GalleyError(
                f"The client's thread gave no answer in {seconds:g} s. Under uWSGI, set"
                " “enable-threads = true”."
            ) from None
        except concurrent.futures.CancelledError:
            raise GalleyError("The client was closed meanwhile.") from None

    def poke(self, work: Callable[[], object]) -> None:
        """Let it be done behind the caller; nothing at all if there is no thread."""
        with suppress(RuntimeError):
            loop = self._begin()
            if loop is not None:
                loop.call_soon_threadsafe(work)

    def _begin(self) -> asyncio.AbstractEventLoop | None:
        if self._loop is not None:
            return self._loop
        with self._lock:
            if self._loop is None and not self.is_closed:
                ready = threading.Event()
                thread = threading.Thread(
                    target=self._work, args=(ready,), name="galley-client", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError:  # no new thread while Python ends
                    return None
                self._thread = thread
                ready.wait()
            return self._loop

    def _work(self, ready: threading.Event) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.call_soon(self._core.start)
        self._loop = loop
        loop.call_soon(ready.set)
        try:
            loop.run_forever()
            loop.run_until_complete(self._core.stop())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            self._loop = None
            asyncio.set_event_loop(None)
            loop.close()

    def close(self) -> None:
        """Send what waits, for at most two seconds, and end the thread."""
        with self._lock:
            self.is_closed = True
            loop, thread = self._loop, self._thread
        if loop is not None and thread is not None:
            self._end(loop, thread)
        self._core.last_words()

    def _end(self, loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
        here = threading.current_thread() is thread
        if not here and thread.is_alive() and self._core.waiting:
            work = self._core.flush(LAST_WORDS)
            future = asyncio.run_coroutine_threadsafe(work, loop)
            with suppress(concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
                future.result(LAST_WORDS + 1)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(loop.stop)
        if not here:
            thread.join(LAST_WORDS + 1)

    def after_fork(self) -> None:
        """In the child: the thread is the parent's, and its loop must be neither used nor closed,
        for they share what the kernel knows of it."""
        self._left.append((self._loop, self._thread))
        self._lock, self._thread, self._loop = threading.Lock(), None, None
        self._core.forget_loop()
        self._core.forget_logs()

"""The library's two faces behind one: tests are written once and run for each."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from galley_client import AsyncGalley, Galley, Prompt
from galley_client.core import Core


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class SyncFace:
    def __init__(self, *args: Any, **options: Any) -> None:
        self.galley = Galley(*args, **options)
        self.core: Core = self.galley._core

    def get(self, *args: Any, **options: Any) -> Prompt:
        return self.galley.get(*args, **options)

    def log(self, *args: Any, **options: Any) -> str | None:
        return self.galley.log(*args, **options)

    def feedback(self, *args: Any, **options: Any) -> None:
        self.galley.feedback(*args, **options)

    def flush(self, seconds: float = 5.0) -> None:
        self.galley.flush(seconds)

    def close(self) -> None:
        self.galley.close()

    def run(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Something in the loop behind."""
        return self.galley._thread.call(make, 20)


class AsyncFace:
    def __init__(self, *args: Any, **options: Any) -> None:
        self.galley = AsyncGalley(*args, **options)
        self.core: Core = self.galley._core
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def get(self, *args: Any, **options: Any) -> Prompt:
        found: Prompt = self.run(lambda: self.galley.get(*args, **options))
        return found

    def log(self, *args: Any, **options: Any) -> str | None:
        return self.galley.log(*args, **options)

    def feedback(self, *args: Any, **options: Any) -> None:
        self.galley.feedback(*args, **options)

    def flush(self, seconds: float = 5.0) -> None:
        self.run(lambda: self.galley.flush(seconds))

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self.run(self.galley.close)
        self.run(self._loop.shutdown_default_executor)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def run(self, make: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run_coroutine_threadsafe(make(), self._loop).result(20)


Face = SyncFace | AsyncFace


def settle(face: Face) -> None:
    """Waits for the fetches behind the caller's back."""

    async def wait() -> None:
        await asyncio.sleep(0)
        await asyncio.gather(*face.core.fetching.busy.values())

    face.run(wait)

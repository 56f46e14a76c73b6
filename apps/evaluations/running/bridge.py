"""Rows and asking side by side: a loop asks in a thread of its own, rows stay with this thread.

A database connection belongs to a thread and to one statement at a time; the loop hands over what
it wants done with rows, and waits for it as for an answer.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]
PATIENCE = 10.0  # seconds for the loop to end when this thread is told to stop


class Bridge:
    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._error: BaseException | None = None

    def run(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `main` in a loop beside this thread, which does what it asks for, until it ends."""
        thread = threading.Thread(target=self._ask, args=(main,), daemon=True, name="asking")
        thread.start()
        try:
            while (job := self._jobs.get()) is not None:
                _do(*job)
        except BaseException:
            self._cancel()
            thread.join(PATIENCE)
            raise
        thread.join()
        if self._error is not None:
            raise self._error

    async def rows(self, work: Callable[[], T]) -> T:
        """What `work` returns, done in the thread of the rows."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((work, loop, future))
        return await future

    def _ask(self, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            await main()

        try:
            asyncio.run(whole())
        except BaseException as error:  # told to the other thread
            self._error = error
        finally:
            self._jobs.put(None)

    def _cancel(self) -> None:
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)


def _do(
    work: Callable[[], Any], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Any]
) -> None:
    try:
        result = work()
    except Exception as error:
        _tell(loop, future.set_exception, future, error)
    else:
        _tell(loop, future.set_result, future, result)


def _tell(
    loop: asyncio.AbstractEventLoop,
    end: Callable[[Any], None],
    future: asyncio.Future[Any],
    value: Any,
) -> None:
    def told() -> None:
        if not future.done():
            end(value)

    if not loop.is_closed():
        loop.call_soon_threadsafe(told)

"""Asking models: `async with Asker(line) as asker: answer = await asker.ask(question)`.

Nothing here knows the database. Whatever goes wrong is an Unanswered, and none of it holds a key.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from apps.llm import addresses
from apps.llm.failures import unanswered
from apps.llm.pacing import Pace, pace_of
from apps.llm.questions import (
    ANTHROPIC,
    DEMO,
    DEMO_LINE,
    DEMO_MODEL,
    OPENAI,
    Answer,
    Line,
    Piece,
    Question,
)
from apps.llm.unanswered import Unanswered

__all__ = [
    "DEMO_LINE", "DEMO_MODEL", "Answer", "Asker", "Line", "Piece", "Question", "Unanswered",
]  # fmt: skip
T = TypeVar("T")

ATTEMPTS = 4
PATIENCE = 120.0  # seconds for all attempts of one question and the waits between them
FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0


class Wire(Protocol):
    """One provider's protocol: one attempt, errors as they come."""

    async def ask(self, question: Question) -> Answer: ...
    def stream(self, question: Question) -> AsyncIterator[Piece]: ...
    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]: ...
    async def names(self) -> list[str]: ...
    async def aclose(self) -> None: ...


def open_wire(line: Line, resolve: addresses.Resolve) -> Wire:
    """The clients load here and not before: pages and deliveries never pay for them."""
    if line.kind == DEMO:
        from apps.llm.wire_demo import DemoWire

        return DemoWire()
    try:
        addresses.check_url(line.address, allow_private=line.allow_private)
    except addresses.RefusedAddress as refusal:
        raise Unanswered("refused_address", sentence=refusal.sentence) from None
    if line.kind == OPENAI:
        from apps.llm.wire_openai import OpenAiWire

        return OpenAiWire(line, resolve)
    if line.kind == ANTHROPIC:
        from apps.llm.wire_anthropic import AnthropicWire

        return AnthropicWire(line, resolve)
    raise Unanswered("not_connected", f"unknown kind of connection: {line.kind}")


class Asker:
    """Asks over one line, with retries, no more at once than the provider takes."""

    def __init__(
        self,
        line: Line,
        *,
        attempts: int = ATTEMPTS,
        patience: float = PATIENCE,
        first_wait: float = FIRST_WAIT,
        resolve: addresses.Resolve = addresses.resolve,
        pace: Pace | None = None,
    ) -> None:
        self.line, self.attempts, self.patience = line, attempts, patience
        self.pace = pace or pace_of(line)
        self._first_wait, self._resolve = first_wait, resolve
        self._wire: Wire | None = None

    async def __aenter__(self) -> Asker:
        self._wire = open_wire(self.line, self._resolve)
        return self

    async def __aexit__(self, *_error: object) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.aclose()

    async def ask(self, question: Question) -> Answer:
        """The model's answer; Unanswered when there is none."""
        wire = self._opened()
        return await self._patiently(lambda: wire.ask(question))

    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        """A list of numbers for each text, by a model of the provider's own name."""
        wire = self._opened()
        return await self._patiently(lambda: wire.embed(model, texts))

    async def names(self) -> list[str]:
        """What the provider calls the models that it offers."""
        return await self._patiently(self._opened().names)

    async def stream(self, question: Question) -> AsyncIterator[Piece]:
        """The answer piece by piece, the last with the whole of it. It is asked again only while
        nothing came. Closing this generator stops the answer at the provider."""
        wire, given = self._opened(), False
        tries = _Tries(self)
        while True:
            self.pace.check()
            async with self.pace.turn() as began:
                try:
                    async with aclosing(wire.stream(question)) as pieces:  # type: ignore[type-var]
                        async for piece in self._in_time(pieces):
                            given = True
                            yield piece
                    self.pace.went_well()
                    return
                except Exception as error:
                    failure = self._failed(error, began)
            if given:
                raise failure
            await tries.wait_after(failure)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        tries = _Tries(self)
        while True:
            self.pace.check()
            async with self.pace.turn() as began:
                try:
                    async with asyncio.timeout(min(self.line.timeout_s, tries.left())):
                        answer = await attempt()
                    self.pace.went_well()
                    return answer
                except Exception as error:
                    failure = self._failed(error, began)
            await tries.wait_after(failure)

    async def _in_time(self, pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
        """The pieces, all of them within the line's time."""
        end = time.monotonic() + self.line.timeout_s
        while True:
            try:
                yield await asyncio.wait_for(anext(pieces), max(0.0, end - time.monotonic()))
            except StopAsyncIteration:
                return

    def _failed(self, error: Exception, began: float) -> Unanswered:
        failure = unanswered(error, self.line.secret)
        self.pace.went_wrong(failure.code, began=began, retry_after=failure.retry_after)
        return failure

    def _opened(self) -> Wire:
        if self._wire is None:
            raise RuntimeError("ask inside “async with Asker(line)”")
        return self._wire


class _Tries:
    """The attempts at one question: how many are left, and how long to wait before the next."""

    def __init__(self, asker: Asker) -> None:
        self._left, self._wait = asker.attempts, asker._first_wait
        self._end = time.monotonic() + asker.patience

    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    async def wait_after(self, failure: Unanswered) -> None:
        """Wait as long as the provider asks, or a random part of ever longer times; raise the
        failure itself when asking again would not help or would take too long."""
        self._left -= 1
        if failure.code == "timeout":
            self._left = min(self._left, 1)  # it costs the most, and helps the least
        wait = self._wait * (0.5 + random.random())  # noqa: S311 - a spread, no secret
        wait = max(min(wait, LONGEST_WAIT), failure.retry_after or 0.0)
        self._wait *= 2
        if not failure.retryable or self._left <= 0 or wait >= self.left():
            raise failure from None
        await asyncio.sleep(wait)


def one(line: Line, question: Question, **settings: Any) -> Answer:
    """One answer for callers without an event loop of their own."""

    async def asking() -> Answer:
        async with Asker(line, **settings) as asker:
            return await asker.ask(question)

    return asyncio.run(asking())

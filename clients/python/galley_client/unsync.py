from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from galley_client.address import TIMEOUT, Address
from galley_client.core import LAST_WORDS, Core, Folder, Options
from galley_client.memory import Ages
from galley_client.prompt import Prompt
from galley_client.sync import Fallback, given, opine, record, wanted_of


class AsyncGalley:
    """The same as `Galley`, in the event loop that uses it."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        refresh: float = 60.0,
        max_stale: float = 3600.0,
        keep_refused: float | None = None,
        timeout: float = TIMEOUT,
        stream: bool = True,
        poll: float | None = 1.5,
        snapshot: Folder | None = None,
        bundle: Folder | None = None,
        public_keys: Mapping[str, Any] | None = None,
        words: bool = False,
    ) -> None:
        ages = Ages(refresh, max_stale, keep_refused)
        options = Options(ages, timeout, stream, poll, snapshot, bundle, public_keys, words)
        self._core = Core(Address(url, key), options)
        self._memory = self._core.memory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def __repr__(self) -> str:
        return f"AsyncGalley({self._core.address.url!r})"

    async def get(
        self,
        path: str,
        *,
        unit: object = None,
        attributes: Mapping[str, object] | None = None,
        version: int | None = None,
        label: str | None = None,
        model: str | None = None,
        fallback: Fallback | None = None,
    ) -> Prompt:
        """As `Galley.get`. A caller that is cancelled does not stop the fetch for the others."""
        text = None if unit is None else str(unit)
        entry = self._memory.entries.get((path, version, label, model))
        if entry is not None and entry.known is not None and self._memory.clock() < entry.due:
            entry.used = self._memory.clock()
            if text is None or entry.known.has_arms:
                entry.wants_arms = entry.wants_arms or text is not None
                return Prompt(entry.known.of(text, attributes), entry.known, text)
        wanted = wanted_of(path, version, label, model)
        if not self._is_closed:
            self._start()
            entry = await self._core.entry(wanted, arms=text is not None)
        return given(wanted, entry, text, attributes, fallback, None)

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._loop is not None:
                self._core.forget_loop()
            self._loop = loop
            self._core.start()

    def log(
        self,
        prompt: Prompt,
        answer: Any = None,
        *,
        latency_ms: float | None = None,
        input_tokens: int | None = None,
        output_tokens: int | None = None,
        model: str | None = None,
        cost: float | None = None,
        error: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> str | None:
        """As `Galley.log`; it does not wait for anything."""
        told = {
            "latency_ms": latency_ms,
            "input_tokens": input_tokens,
            "output_tokens": output_tokens,
            "model": model,
            "cost": cost,
            "error": error,
            "tags": None if tags is None else list(tags),
        }
        return record(self._core, prompt, answer, told)

    def feedback(
        self, about: Prompt | str, *, comment: str | None = None, **values: bool | float
    ) -> None:
        """As `Galley.feedback`; it does not wait for anything."""
        opine(self._core, about, values, comment)

    @property
    def dropped(self) -> int:
        """How many log events and feedbacks could not be kept or were not taken."""
        return self._core.dropped

    async def flush(self, seconds: float = 5.0) -> None:
        """Send the log events that wait; what cannot be sent in this time goes on waiting."""
        self._start()
        await self._core.flush(seconds)

    async def close(self) -> None:
        """Send the log events that wait, for at most two seconds, and end what goes on behind. What
        is known can still be got."""
        self._is_closed = True
        if self._loop is asyncio.get_running_loop():
            if self._core.waiting:
                await self._core.flush(LAST_WORDS)
            await self._core.stop()
        self._core.give_up_logs()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

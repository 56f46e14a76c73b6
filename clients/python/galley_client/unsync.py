from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx

from galley_client.address import TIMEOUT, Address
from galley_client.errors import GalleyError
from galley_client.memory import Entry, Memory, Wanted
from galley_client.prompt import Prompt, fallback_prompt
from galley_client.rendering import Message


class AsyncGalley:
    """The same as Galley, for one event loop."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        refresh: float = 60.0,
        max_stale: float = 3600.0,
        timeout: float = TIMEOUT,
    ) -> None:
        self._address = Address(url, key)
        self._memory = Memory(refresh, max_stale)
        self._http = httpx.AsyncClient(timeout=timeout)
        self._busy: dict[int, asyncio.Task[None]] = {}

    def __repr__(self) -> str:
        return f"AsyncGalley({self._address.url!r})"

    async def get(
        self,
        path: str,
        *,
        version: int | None = None,
        model: str | None = None,
        fallback: str | Sequence[Message] | None = None,
    ) -> Prompt:
        """As `Galley.get`. A caller that is cancelled does not stop the fetch for the others."""
        wanted = Wanted(path, version, model)
        entry = self._memory.entry(wanted)
        task = self._busy.get(id(entry))
        if task is None and self._memory.is_due(entry):
            task = self._busy[id(entry)] = asyncio.create_task(self._fetch(wanted, entry))
        if task is not None and entry.answer is None:
            await asyncio.shield(task)
        prompt = self._memory.prompt(wanted, entry)
        if prompt is None and fallback is not None:
            return fallback_prompt(path, fallback)
        if prompt is None:
            raise entry.error or GalleyError(f"{path} could not be fetched.")
        return prompt

    async def _fetch(self, wanted: Wanted, entry: Entry) -> None:
        try:
            headers = self._address.headers(entry)
            address = self._address.of(wanted)
            answer = await self._http.get(address, params=wanted.query, headers=headers)
            body = answer.content
            self._memory.take(wanted, entry, answer.status_code, answer.headers, body)
        except Exception as error:  # whatever it is, the application goes on
            self._memory.fail(wanted, entry, GalleyError(f"{type(error).__name__}: {error}"))
        finally:
            self._busy.pop(id(entry), None)

    async def close(self) -> None:
        for task in list(self._busy.values()):
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

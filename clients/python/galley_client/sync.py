from __future__ import annotations

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx

from galley_client.address import TIMEOUT, Address
from galley_client.errors import GalleyError
from galley_client.memory import Entry, Memory, Wanted
from galley_client.prompt import Prompt, fallback_prompt
from galley_client.rendering import Message


class Galley:
    """One for a whole application; safe to use from many threads. `refresh`: seconds after which a
    prompt is asked for again, behind the caller's back. `max_stale`: seconds after which an
    unconfirmed prompt is warned about."""

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
        self._http = httpx.Client(timeout=timeout)
        self._lock = threading.Lock()
        self._busy: dict[int, threading.Event] = {}

    def __repr__(self) -> str:
        return f"Galley({self._address.url!r})"

    def get(
        self,
        path: str,
        *,
        version: int | None = None,
        model: str | None = None,
        fallback: str | Sequence[Message] | None = None,
    ) -> Prompt:
        """What is live in the key's environment, or that version. GalleyError only where nothing
        was ever fetched and no fallback is given."""
        wanted = Wanted(path, version, model)
        with self._lock:
            entry = self._memory.entry(wanted)
            mine, others = self._begin(entry)
        if mine and entry.answer is not None:
            self._fetch_behind(wanted, entry)
        elif mine:
            self._fetch(wanted, entry)
        elif others and entry.answer is None:
            others.wait()
        with self._lock:
            prompt = self._memory.prompt(wanted, entry)
        if prompt is None and fallback is not None:
            return fallback_prompt(path, fallback)
        if prompt is None:
            raise entry.error or GalleyError(f"{path} could not be fetched.")
        return prompt

    def _begin(self, entry: Entry) -> tuple[bool, threading.Event | None]:
        """(whether this caller is to fetch, what to wait for if another one does)."""
        others = self._busy.get(id(entry))
        if others is not None or not self._memory.is_due(entry):
            return False, others
        self._busy[id(entry)] = threading.Event()
        return True, None

    def _fetch_behind(self, wanted: Wanted, entry: Entry) -> None:
        try:
            threading.Thread(target=self._fetch, args=(wanted, entry), daemon=True).start()
        except RuntimeError:  # no new thread while Python ends: the old prompt is good enough
            self._busy.pop(id(entry)).set()

    def _fetch(self, wanted: Wanted, entry: Entry) -> None:
        try:
            self._ask(wanted, entry)
        finally:
            with self._lock:
                self._busy.pop(id(entry)).set()

    def _ask(self, wanted: Wanted, entry: Entry) -> None:
        try:
            headers = self._address.headers(entry)
            answer = self._http.get(self._address.of(wanted), params=wanted.query, headers=headers)
        except Exception as error:  # whatever it is, the application goes on
            with self._lock:
                self._memory.fail(wanted, entry, GalleyError(f"{type(error).__name__}: {error}"))
            return
        with self._lock:
            body = answer.content
            self._memory.take(wanted, entry, answer.status_code, answer.headers, body)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

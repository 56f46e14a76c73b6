"""Hears of releases as they happen; where streams do not come through, asks instead."""

from __future__ import annotations

import asyncio
import logging
import random
import time

import httpx

from galley_client.errors import Trouble
from galley_client.events import Event, EventParser
from galley_client.fetching import Fetching
from galley_client.memory import Entry, Memory
from galley_client.wire import Wire, retry_after

log = logging.getLogger("galley_client")

STREAM = "/api/v1/stream"
LASTING = 10.0  # seconds; a stream that ends sooner was not worth it
SILENCE = 40.0  # seconds; the server says something every 15
FIRST_PAUSE = 1.0  # seconds until a stream that ended is begun again; doubled each time
LONGEST_WAIT = 60.0
RECENT = 600.0  # seconds; what nobody asked for since is not polled
SPREAD = 0.1  # seconds over which many clients spread what a release makes them ask
PATIENCE = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds until an announced revision is asked for again


class Push:
    """`poll`: seconds between two looks at each prompt in use while there is no live stream."""

    def __init__(
        self, wire: Wire, memory: Memory, fetching: Fetching, *, stream: bool, poll: float | None
    ) -> None:
        self._wire = wire
        self._memory = memory
        self._fetching = fetching
        self._stream = stream
        self._poll = poll
        self._last_id = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_live = False

    def forget_loop(self) -> None:
        self._tasks, self.is_live = set(), False

    async def run(self) -> None:
        """Until cancelled."""
        jobs = []
        if self._stream:
            jobs.append(self._listen_for_ever())
        if self._poll is not None:
            jobs.append(self._poll_for_ever(self._poll))
        try:
            await asyncio.gather(*jobs)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen_for_ever(self) -> None:
        failures = 0
        while True:
            wait, begun = 0.0, time.monotonic()
            try:
                await self._listen()
            except Trouble as trouble:
                wait = trouble.wait
                log.info("No stream: %s", trouble)
            except Exception as error:  # whatever it is, the next try may be better
                log.info("The stream ended: %s: %s", type(error).__name__, error)
            finally:
                was_live, self.is_live = self.is_live, False
            lasted = was_live and time.monotonic() - begun > LASTING
            failures = 0 if lasted else failures + 1
            longest = min(FIRST_PAUSE * 2.0**failures, LONGEST_WAIT)
            await asyncio.sleep(max(wait, longest * (0.5 + random.random() / 2)))  # noqa: S311

    async def _listen(self) -> None:
        url, parser = self._wire.address.at(STREAM), EventParser()
        patience = httpx.Timeout(self._wire.timeout, read=SILENCE)
        headers = {**self._wire.address.headers(), "Accept": "text/event-stream"}
        if self._last_id:
            headers["Last-Event-ID"] = self._last_id
        async with self._wire.http.stream("GET", url, headers=headers, timeout=patience) as answer:
            _check_stream(answer)
            async for piece in answer.aiter_raw():
                if not self.is_live:
                    self.is_live = True
                    self._all()
                for event in parser.feed(piece):
                    self._last_id = parser.last_id
                    self._hear(event)

    def _hear(self, event: Event) -> None:
        if event.kind == "reset":
            self._all()
            return
        path, revision = event.data.get("prompt"), event.data.get("revision")
        if event.kind not in ("release", "prompt") or not isinstance(path, str):
            return
        for entry in self._memory.of_path(path):
            if entry.wanted.is_current and isinstance(revision, int):
                entry.announced = max(entry.announced, revision)
            self._start(entry, SPREAD)

    def _all(self) -> None:
        """Something may have been missed: everything is looked at once, spread over a while."""
        entries = [entry for entry in self._memory.changing() if entry.known is not None]
        for entry in entries:
            self._start(entry, min(SPREAD * len(entries), 5.0))

    def _start(self, entry: Entry, spread: float) -> None:
        task = asyncio.create_task(self._renew(entry, random.random() * spread))  # noqa: S311
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _renew(self, entry: Entry, wait: float) -> None:
        """A process of the server may answer before it has heard itself: asked again soon."""
        await asyncio.sleep(wait)
        while (under_way := self._fetching.busy.get(id(entry))) is not None:
            await asyncio.wait({under_way})
        for pause in PATIENCE:
            await asyncio.sleep(pause)
            await asyncio.wait({self._fetching.begin(entry)})
            revision = entry.known.first.revision if entry.known else None
            if entry.announced <= (revision or 0) or entry.failures:
                return

    async def _poll_for_ever(self, pause: float) -> None:
        while True:
            await asyncio.sleep(pause * (0.9 + random.random() / 10))  # noqa: S311
            if self.is_live:
                continue
            now = self._memory.clock()
            for entry in list(self._memory.changing()):
                is_idle = entry.known is None or now - entry.used > RECENT
                if not is_idle and (not entry.failures or self._memory.is_due(entry)):
                    await asyncio.wait({self._fetching.begin(entry)})


def _check_stream(answer: httpx.Response) -> None:
    media = answer.headers.get("content-type", "").partition(";")[0].strip()
    if answer.status_code != 200 or media != "text/event-stream":
        sentence = f"The server answered {answer.status_code} ({media or 'no type'})."
        raise Trouble(sentence, status=answer.status_code, wait=retry_after(answer.headers))

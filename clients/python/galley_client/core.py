"""All that goes on behind a client, in one event loop: fetching, hearing, sending."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from galley_client.address import TIMEOUT, Address
from galley_client.bundle import Bundle
from galley_client.errors import GalleyError
from galley_client.fetching import Fetching
from galley_client.logs import FEEDBACK, LogQueue
from galley_client.memory import Ages, Entry, Memory, Wanted
from galley_client.push import Push
from galley_client.sending import Sender, flush_now
from galley_client.signing import PublicKeys
from galley_client.snapshot import Snapshot
from galley_client.wire import Wire

log = logging.getLogger("galley_client")

LAST_WORDS = 2.0  # seconds that sending the last log events may take

Folder = str | os.PathLike[str]


@dataclass(frozen=True)
class Options:
    """What `Galley` explains."""

    ages: Ages
    timeout: float = TIMEOUT
    stream: bool = True
    poll: float | None = 1.5
    snapshot: Folder | None = None
    bundle: Folder | None = None
    public_keys: Mapping[str, Any] | None = None
    words: bool = False


class Core:
    def __init__(self, address: Address, options: Options) -> None:
        self.address = address
        self.memory = Memory(options.ages)
        self.queue = LogQueue()
        self.opinions = LogQueue(address=FEEDBACK, field="feedback")
        self.words = options.words
        keys = _keys(options.public_keys)
        self._snapshot, self._bundle = None, None
        if options.snapshot is not None:
            self._snapshot = Snapshot(options.snapshot, address.identity, address.environment, keys)
        if options.bundle is not None:
            self._bundle = Bundle(options.bundle, address.environment, keys)
        self._wire = Wire(address, options.timeout)
        self.fetching = Fetching(self._wire, self.memory, keys, self._snapshot)
        self.push = Push(
            self._wire, self.memory, self.fetching, stream=options.stream, poll=options.poll
        )
        self.sender = Sender(self._wire, (self.queue, self.opinions))
        self._tasks: list[asyncio.Task[None]] = []
        self._left: list[object] = []

    def start(self) -> None:
        """In the running event loop."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(job) for job in (self.push.run(), self.sender.run())]

    async def entry(self, wanted: Wanted, *, arms: bool) -> Entry:
        """What there is to give; waits for the server only where there is nothing yet, or no arms,
        or nothing confirmed for too long."""
        entry, is_new = self.memory.entry(wanted)
        entry.wants_arms = entry.wants_arms or arms
        if is_new:
            self._look_on_disk(entry)
        task = None
        if self.memory.is_due(entry) or self._lacks_arms(entry):
            task = self.fetching.begin(entry)
        task = task or self.fetching.busy.get(id(entry))
        if is_new and entry.spare is not None and self.memory.is_away():
            entry.known, entry.spare = entry.spare, None
        if task is not None and self.memory.needs(entry):
            await asyncio.wait({task})  # neither stops the other when it is cancelled
        self.memory.warn_if_old(entry)
        return entry

    def _lacks_arms(self, entry: Entry) -> bool:
        """The first call with a unit does not wait until the answer is due again."""
        known = entry.known
        return entry.wants_arms and not entry.failures and known is not None and not known.has_arms

    def _look_on_disk(self, entry: Entry) -> None:
        wanted, clock = entry.wanted, self.memory.clock
        if self._snapshot is not None:
            entry.spare = self._snapshot.find(wanted, clock)
        if entry.spare is not None:
            self.memory.keep_order(wanted, entry.spare)
        elif self._bundle is not None:
            entry.spare = self._bundle.find(wanted, clock)

    async def flush(self, seconds: float) -> None:
        """Send what waits; what cannot be sent in this time stays."""
        with suppress(GalleyError, TimeoutError):
            async with asyncio.timeout(seconds):
                await self.sender.flush()

    async def stop(self) -> None:
        """End every task and connection of this loop."""
        tasks = [*self._tasks, *self.fetching.busy.values()]
        self._tasks = []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._wire.close()

    def forget_loop(self) -> None:
        """Go on in another event loop. What belongs to the old one is left as it is: in a forked
        child it still belongs to the parent."""
        self._left.append((self._tasks, self._wire.leave(), dict(self.fetching.busy)))
        self._tasks = []
        self.fetching.forget_loop()
        self.push.forget_loop()

    def last_words(self) -> None:
        """When nothing runs any more: one more try to send, then what is left is dropped."""
        if self.waiting:
            flush_now(self.address, (self.queue, self.opinions), LAST_WORDS)
        self.give_up_logs()

    @property
    def waiting(self) -> int:
        return len(self.queue) + len(self.opinions)

    @property
    def dropped(self) -> int:
        return self.queue.dropped + self.opinions.dropped

    def give_up_logs(self) -> None:
        for queue in (self.queue, self.opinions):
            if left := len(queue):
                queue.empty()
                queue.drop(left, "the application ends")

    def forget_logs(self) -> None:
        """A child process leaves what waits to its parent."""
        for queue in (self.queue, self.opinions):
            queue.empty()
            queue.dropped = 0


def _keys(given: Mapping[str, Any] | None) -> PublicKeys:
    try:
        return PublicKeys(given)
    except ValueError as error:
        raise GalleyError(f"public_keys: {error}") from None

"""From a wanted prompt to what is known of it: asks, checks, and fetches each arm of a split."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from galley_client.assignment import query_for
from galley_client.errors import Trouble, Unsettled
from galley_client.known import Known
from galley_client.memory import FIRST_WAIT, Entry, Memory
from galley_client.released import Released, released_from
from galley_client.signing import BadSignature, PublicKeys, UnknownKey
from galley_client.snapshot import Snapshot
from galley_client.wire import Reply, Wire, read_json

log = logging.getLogger("galley_client")

KEYS = "/.well-known/galley-keys"
KEYS_WAIT = 30.0  # seconds between two looks at the public keys
PAUSES = (0.1, 0.3)  # seconds until the server is asked again in the middle of a release


class Fetching:
    """One at a time for each entry; nothing that it meets is raised."""

    def __init__(
        self, wire: Wire, memory: Memory, keys: PublicKeys, snapshot: Snapshot | None
    ) -> None:
        self._wire = wire
        self._memory = memory
        self._keys = keys
        self._snapshot = snapshot
        self._keys_due = 0.0
        self._one = asyncio.Lock()
        self.busy: dict[int, asyncio.Task[None]] = {}

    def forget_loop(self) -> None:
        """Another event loop goes on from here, or another process after a fork."""
        self._one, self.busy = asyncio.Lock(), {}

    def begin(self, entry: Entry) -> asyncio.Task[None]:
        """The fetch that is under way, else a new one."""
        task = self.busy.get(id(entry))
        if task is None:
            task = self.busy[id(entry)] = asyncio.create_task(self._run(entry))
            task.add_done_callback(lambda _: self.busy.pop(id(entry), None))
        return task

    async def _run(self, entry: Entry) -> None:
        try:
            await self._settled(entry)
        except Trouble as trouble:
            self._fail(entry, trouble)
        except Exception as error:  # whatever it is, the application goes on
            self._fail(entry, Trouble(f"{type(error).__name__}: {error}"))

    def _fail(self, entry: Entry, trouble: Trouble) -> None:
        self._memory.fail(entry, trouble)
        if entry.known is None and entry.refused is not None and self._snapshot is not None:
            self._snapshot.forget(entry.wanted)

    async def _settled(self, entry: Entry) -> None:
        for wait in PAUSES:
            try:
                return await self._refresh(entry)
            except Unsettled:
                await asyncio.sleep(wait)
        return await self._refresh(entry, is_last=True)

    async def _refresh(self, entry: Entry, *, is_last: bool = False) -> None:
        wanted, known = entry.wanted, entry.known
        etag = known.etag if known is not None else ""
        reply = await self._wire.prompt(wanted.path, wanted.query, etag)
        if reply.status == 304:
            if known is None:
                raise Trouble("The server says that nothing has changed since never.", status=304)
            await self._confirm(entry, known, reply)
            return
        first = await self._read(reply, entry)
        new = Known(first, self._memory.clock, etag=reply.headers.get("etag", ""))
        await self._complete(entry, new, is_last)
        self._memory.learn(entry, new, reply.headers)
        self._save(entry, new)

    async def _confirm(self, entry: Entry, known: Known, reply: Reply) -> None:
        if entry.wants_arms and not known.has_arms:
            known.arms = await self._arms(entry, known.first)
            self._save(entry, known)
        self._memory.confirm(entry, reply.headers)
        if self._snapshot is not None:
            self._snapshot.confirm(entry.wanted)

    async def _complete(self, entry: Entry, new: Known, is_last: bool) -> None:
        """With the answer of each arm, once somebody asks for units. Who has them all already keeps
        them until the new ones are here as well; who has none takes the first one alone."""
        if not entry.wants_arms or new.has_arms:
            return
        try:
            new.arms = await self._arms(entry, new.first)
        except Trouble as trouble:
            between = isinstance(trouble, Unsettled) and not is_last
            if between or (entry.known is not None and entry.known.has_arms):
                raise
            log.warning("%s: an arm could not be fetched: %s", entry.wanted, trouble)

    async def _arms(self, entry: Entry, first: Released) -> dict[str, Released]:
        """Each asked for with a made-up unit, so that no unit of the application leaves it."""
        found = {}
        for arm in first.shares:
            assert first.split is not None
            query = {**entry.wanted.query, **query_for(first.split, arm)}
            said = await self._read(await self._wire.prompt(entry.wanted.path, query), entry)
            if said.revision != first.revision or said.arm != arm:
                raise Unsettled("A release came in between.")
            found[arm] = said
        return found

    async def _read(self, reply: Reply, entry: Entry) -> Released:
        """Trouble for what is no signed answer to what was asked."""
        document = read_json(reply)
        try:
            released = released_from(document)
        except ValueError:
            raise Trouble("The answer cannot be read.", status=reply.status) from None
        await self.check(document)
        wanted = entry.wanted
        fits = released.path == reply.path and wanted.version in (None, released.version)
        if not fits or wanted.model not in (None, released.model):
            raise Trouble("The answer is to another question.", status=reply.status)
        return released

    async def check(self, document: dict[str, Any]) -> None:
        """Trouble unless it is signed; an unknown key makes the public keys be fetched again."""
        try:
            self._keys.check(document)
        except UnknownKey:
            async with self._one:
                await self._check_again(document)
        except BadSignature as bad:
            raise Trouble(str(bad)) from None

    async def _check_again(self, document: dict[str, Any]) -> None:
        """Another one may have fetched them by now."""
        try:
            self._keys.check(document)
        except UnknownKey as unknown:
            await self._fetch_keys(str(unknown))
            try:
                self._keys.check(document)
            except BadSignature as bad:
                raise Trouble(str(bad)) from None

    async def _fetch_keys(self, reason: str) -> None:
        """Not more often than every 30 s: whoever sends nonsense must not make us ask for ever."""
        now = self._memory.clock()
        if self._keys.is_fixed or now < self._keys_due:
            raise Trouble(reason)
        self._keys_due = now + KEYS_WAIT
        try:
            is_new = self._keys.learn(await self._wire.get(KEYS))
        except (BadSignature, ValueError) as error:
            raise Trouble(str(error)) from None
        except Trouble:
            self._keys_due = now + FIRST_WAIT
            raise
        if is_new and self._snapshot is not None:
            self._snapshot.save_keys(self._keys)

    def _save(self, entry: Entry, known: Known) -> None:
        if self._snapshot is not None:
            self._snapshot.save(entry.wanted, known)

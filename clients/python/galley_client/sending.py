"""Sends the log events that wait, in the background."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Sequence
from typing import Any

import httpx

from galley_client.address import Address
from galley_client.errors import GalleyError, Trouble
from galley_client.logs import LogQueue
from galley_client.wire import Reply, Wire

log = logging.getLogger("galley_client")

PAUSE = 1.0  # seconds between two looks at the queue
LONGEST_WAIT = 60.0


class Sender:
    """Sends the first queue until it is empty, then the next: calls before what was thought of
    them."""

    def __init__(self, wire: Wire, queues: Sequence[LogQueue], pause: float = PAUSE) -> None:
        self._wire = wire
        self._queues = queues
        self._pause = pause

    async def run(self) -> None:
        """Until cancelled."""
        failures = 0
        while True:
            wait = min(self._pause * 2.0**failures, LONGEST_WAIT)
            await asyncio.sleep(wait * (0.5 + random.random() / 2))  # noqa: S311
            try:
                await self.flush()
                failures = 0
            except Trouble as trouble:
                if not failures:
                    log.warning("%d log events wait: %s", sum(map(len, self._queues)), trouble)
                failures += 1
                await asyncio.sleep(trouble.wait)

    async def flush(self) -> None:
        """Until nothing waits any more; Trouble where the server does not take it."""
        for queue in self._queues:
            while batch := queue.batch():
                reply = await self._wire.post(queue.address, {queue.field: batch})
                queue.settle(batch, reply, _told(reply))


def flush_now(address: Address, queues: Sequence[LogQueue], seconds: float) -> None:
    """The last try, when Python ends and no event loop can work any more."""
    try:
        with httpx.Client(timeout=seconds) as http:
            for queue in queues:
                while batch := queue.batch():
                    url, headers = address.at(queue.address), address.headers()
                    answer = http.post(url, json={queue.field: batch}, headers=headers)
                    reply = Reply(answer.status_code, answer.headers, answer.content)
                    queue.settle(batch, reply, _told(reply))
    except (httpx.HTTPError, GalleyError, OSError, ValueError, RuntimeError) as error:
        log.info("The last log events were not taken: %s", error)


def _told(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None

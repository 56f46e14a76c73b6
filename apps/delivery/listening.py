"""GET /api/v1/stream: server-sent events of what goes live, for one key."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from apps.core.stopping import before_stopping
from apps.delivery.problems import Problem
from apps.delivery.process import STORE
from apps.delivery.records import KeyRecord
from apps.delivery.streams import RESET, Stream, Streams

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STREAM_PATH = "/api/v1/stream"
HEARTBEAT = 15.0  # seconds
RETRY = (1000, 5000)  # milliseconds: callers that lost the server do not come back all at once
STREAMS = Streams(STORE)
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, private"),
    (b"vary", b"Authorization"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


async def listen(key: KeyRecord, last: str, receive: Receive, send: Send) -> None:
    """Tell one caller until it goes, its key ends, or the server stops. Problem 429 when full."""
    before_stopping(STREAMS.close_all)
    stream = Stream(key)
    if not STREAMS.add(stream):
        raise full()
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _serve(stream, last, receive, send)
    finally:
        STREAMS.remove(stream)


def full() -> Problem:
    wait = str(random.randint(5, 15))  # noqa: S311 - spreads the callers, no secret
    detail = f"Too many streams are open here. Poll, and try again in {wait} s."
    return Problem("too_many_streams", detail, headers={"Retry-After": wait})


async def _serve(stream: Stream, last: str, receive: Receive, send: Send) -> None:
    gone = asyncio.ensure_future(_gone(receive))
    telling = asyncio.ensure_future(_tell(stream, last, send))
    try:
        await asyncio.wait((gone, telling), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (gone, telling):
            task.cancel()
        await asyncio.gather(gone, telling, return_exceptions=True)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _tell(stream: Stream, last: str, send: Send) -> None:
    retry = random.randint(*RETRY)  # noqa: S311 - spreads the callers, no secret
    await _write(send, f"retry: {retry}\nid: {STORE.seq}\n\n{_missed(stream.key, last)}")
    while True:
        try:
            text = await asyncio.wait_for(stream.waiting.get(), HEARTBEAT)
        except TimeoutError:
            if not STREAMS.may_go_on(stream.key):
                return
            text = ": still here\n\n"
        if text is None:
            return
        await _write(send, text)


def _missed(key: KeyRecord, last: str) -> str:
    """What a caller that comes back did not hear; a reset where nobody knows."""
    if not last:
        return ""
    digits = last.isascii() and last.isdigit() and len(last) < 19
    news = STORE.desk.after(int(last)) if digits else None
    if news is None:
        return RESET
    return "".join(one.event() for one in news if STREAMS.shown(key, one))


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})

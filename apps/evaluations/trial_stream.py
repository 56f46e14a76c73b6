"""`POST /playground/stream/<trial>`: all answers of a trial as they come, one JSON object a line:
`{"column": 0, "text": "…"}` and at the end of each `{"column": 0, "end": true}`. Closing the
response stops what is under way; what came until then is kept."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.db import Error as DatabaseError

from apps.core.errors import Refused
from apps.core.raw_calls import (
    Receive,
    Scope,
    Send,
    gone,
    header,
    in_thread,
    person_with,
    refuse,
    session_key,
)
from apps.core.stopping import before_stopping
from apps.evaluations.queries.trials import trial_for
from apps.evaluations.trying import Asking, ask, begin, finish

log = logging.getLogger("galley.evaluations")
PREFIX = "/playground/stream/"
HEARTBEAT = 15.0  # seconds; an empty line keeps proxies patient
WAITING = 200  # pieces that a slow reader may lag behind
_NUMBER = re.compile(r"[0-9]{1,18}")
HEADERS = [
    (b"content-type", b"application/x-ndjson; charset=utf-8"),
    (b"cache-control", b"no-store, private"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
_open: set[Callable[[], None]] = set()


def _close_all() -> None:
    for close in tuple(_open):
        close()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    number = scope["path"].removeprefix(PREFIX).strip("/")
    if scope["method"] != "POST":
        await refuse(send, 405, "Use POST.")
    elif not is_own(scope):
        await refuse(send, 403, "Only a page of Galley may ask for this.")
    elif not _NUMBER.fullmatch(number):
        await refuse(send, 404, "There is nothing here.")
    else:
        await _answer(scope, receive, send, int(number))


async def _answer(scope: Scope, receive: Receive, send: Send, number: int) -> None:
    try:
        waiting = await in_thread(_begun, session_key(scope), number)
    except Refused as refusal:
        await refuse(send, getattr(type(refusal), "status", 403), refusal.verdict.sentence)
    except DatabaseError:
        await refuse(send, 503, "The database does not answer.")
    else:
        if waiting is None:
            await refuse(send, 401, "Sign in again.")
        else:
            await _serve(waiting, receive, send)


def is_own(scope: Scope) -> bool:
    """Sent by a script of our own page: the browser vouches for where it comes from, and no other
    page may send a header of its own without asking first, which nobody answers."""
    origin = urlsplit(header(scope, b"origin"))
    same = origin.scheme in ("http", "https") and origin.netloc == header(scope, b"host")
    site = header(scope, b"sec-fetch-site") or "same-origin"
    return same and site == "same-origin" and header(scope, b"x-galley-stream") == "1"


def _begun(key: str, number: int) -> list[Asking] | None:
    """None when nobody is signed in."""
    person = person_with(key)
    return None if person is None else begin(trial_for(person, number), person)


async def _serve(waiting: list[Asking], receive: Receive, send: Send) -> None:
    lines: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)
    columns = [asyncio.ensure_future(_column(one, lines)) for one in waiting]
    stop = _stopper(columns)
    left = asyncio.ensure_future(gone(receive))
    telling = asyncio.ensure_future(_tell(columns, lines, send))
    try:
        await asyncio.wait((left, telling), return_when=asyncio.FIRST_COMPLETED)
    finally:
        _open.discard(stop)
        for task in (*columns, left, telling):
            task.cancel()
        await asyncio.gather(*columns, left, telling, return_exceptions=True)
        await _store(waiting)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _stopper(columns: list[asyncio.Future[None]]) -> Callable[[], None]:
    """A server that stops waits for no answer: those under way are stopped and kept."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        with suppress(RuntimeError):  # its loop is gone
            for column in columns:
                loop.call_soon_threadsafe(column.cancel)

    before_stopping(_close_all)
    _open.add(stop)
    return stop


async def _column(asking: Asking, lines: asyncio.Queue[bytes | None]) -> None:
    async def say(column: int, text: str) -> None:
        await lines.put(_line(column=column, text=text))

    await ask(asking, say)
    await _store([asking])
    await lines.put(_line(column=asking.row.position, end=True))


async def _tell(
    columns: list[asyncio.Future[None]], lines: asyncio.Queue[bytes | None], send: Send
) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    ended = asyncio.gather(*columns, return_exceptions=True)
    ended.add_done_callback(lambda _all: lines.put_nowait(None) if not lines.full() else None)
    while not (ended.done() and lines.empty()):
        try:
            line = await asyncio.wait_for(lines.get(), HEARTBEAT)
        except TimeoutError:
            line = b"\n"
        if line is not None:
            await send({"type": "http.response.body", "body": line, "more_body": True})


async def _store(waiting: list[Asking]) -> None:
    """What is not stored yet; again changes nothing."""
    for asking in waiting:
        try:
            await asyncio.shield(in_thread(finish, asking))
        except DatabaseError:
            log.warning("an answer of trial %s could not be stored", asking.row.trial_id)


def _line(**said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"

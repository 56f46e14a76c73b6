"""Pages never wait for a database that is silent: within two seconds there is an answer (R1)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from apps.core.away import MAX_TYPED, RETRY_AFTER, away_page, typed_in

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LIMIT = 1.5  # seconds that a page may wait for a silent database
LOOK_EVERY = 0.25
WITHOUT_DATABASE = ("/static/",)
POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    b" font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Memory(Protocol):
    """What knows whether the database answers."""

    loaded: bool

    @property
    def stale(self) -> bool: ...

    @property
    def silent_for(self) -> float: ...


class _Heard:
    """Hands on what comes in, and keeps the body: it may have to be sent back."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.body = bytearray()
        self.whole = False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            if len(self.body) <= MAX_TYPED:
                self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
        else:
            self.whole = True
        return message

    async def rest(self) -> bytes:
        while not self.whole:
            await self()
        return bytes(self.body)


class _Told:
    """Hands on what goes out, until another answer was given."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = self.over = False

    async def __call__(self, message: Message) -> None:
        if not self.over:
            self.begun = True
            await self._send(message)


async def patiently(
    pages: Application, memory: Memory, scope: Message, receive: Receive, send: Send
) -> None:
    """Answer with the page, or with 503 as soon as it is known that the database is away."""
    if scope["type"] != "http" or scope["path"].startswith(WITHOUT_DATABASE):
        await pages(scope, receive, send)
        return
    heard, told = _Heard(receive), _Told(send)
    if memory.loaded and memory.stale:
        await _say_away(scope, heard, send)
        return
    task = asyncio.ensure_future(pages(scope, heard, told))
    try:
        if await _waits_in_vain(task, memory, told):
            told.over = True
            await _say_away(scope, heard, send)
        else:
            await task
    except asyncio.CancelledError:
        task.cancel()
        raise


async def _waits_in_vain(task: "asyncio.Future[None]", memory: Memory, told: _Told) -> bool:
    """Whether the page waits for a database that says nothing. What it still does is not heard."""
    begun = time.monotonic()
    while True:
        done, _ = await asyncio.wait({task}, timeout=LOOK_EVERY)
        if done or told.begun:
            return False
        waited = time.monotonic() - begun
        if memory.loaded and min(waited, memory.silent_for) > LIMIT:
            return True


async def _say_away(scope: Message, heard: _Heard, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    posted = typed_in(await heard.rest(), headers) if scope["method"] == "POST" else []
    query = scope["query_string"].decode("latin-1")
    data = away_page(scope["path"] + (f"?{query}" if query else ""), posted).encode()
    head = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(data)).encode()),
        (b"retry-after", str(RETRY_AFTER).encode()),
        (b"cache-control", b"no-store, private"),
        (b"content-security-policy", POLICY),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": head})
    body = b"" if scope["method"] == "HEAD" else data
    await send({"type": "http.response.body", "body": body})

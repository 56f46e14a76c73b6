"""The fast way: a fetch that this process's memory can answer never enters Django."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from apps.delivery import query
from apps.delivery.at_once import (
    PROMPTS,
    STALE,
    Answer,
    credentials,
    fetched,
    holds_key,
    refusal,
    whole,
)
from apps.delivery.bundle import made
from apps.delivery.doorway import is_for_us, take
from apps.delivery.health import LIVE_PATH, READY_PATH, health
from apps.delivery.keycheck import NotInMemory, authenticate
from apps.delivery.listening import STREAM_PATH, listen
from apps.delivery.problems import MAX_BODY, Problem, too_large
from apps.delivery.process import REFRESHER, STORE
from apps.delivery.records import KeyRecord
from apps.delivery.signing import KEYS_PATH, published
from apps.delivery.store import away
from apps.delivery.wire import Headers, pairs

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BUNDLE_PATH = "/api/v1/bundle"
WITHOUT_BODY = {"GET", "HEAD", "OPTIONS", "DELETE"}


def is_ours(path: str) -> bool:
    """Whether `application` is to be asked first."""
    return path.startswith("/api/v1/") or path in (KEYS_PATH, LIVE_PATH, READY_PATH)


async def application(scope: Scope, receive: Receive, send: Send) -> bool:
    """Answer a call to /api/v1/ if it can be answered from memory; False leaves it to Django."""
    REFRESHER.start()
    if scope["path"] == KEYS_PATH:
        await _tell_keys(scope, send)
        return True
    if scope["path"] in (LIVE_PATH, READY_PATH):
        await _tell_health(scope, send)
        return True
    if _holds_key(scope):
        await refuse(send, query.key_in_address())
        return True
    if scope["method"] not in WITHOUT_BODY and (problem := _bad_length(scope)):
        await refuse(send, problem)
        return True
    if is_for_us(scope):
        return await _take(scope, receive, send)
    if scope["method"] != "GET":
        return False
    if scope["path"] == STREAM_PATH:
        await _stream(scope, receive, send)
        return True
    if not STORE.loaded:
        await REFRESHER.first_turn()
        if not STORE.loaded:
            return False
    if scope["path"] == BUNDLE_PATH:
        return await _bundle(scope, send)
    if not scope["path"].startswith(PROMPTS):
        return False
    answer = fetched(scope["path"], scope["query_string"], scope["headers"], _peer(scope))
    if answer is None:
        return False
    await _send_whole(send, answer)
    return True


def _holds_key(scope: Scope) -> bool:
    """Also strikes the key out of the scope, from which the server writes its access log."""
    if not holds_key(scope["query_string"]):
        return False
    scope["query_string"] = b""
    return True


def _bad_length(scope: Scope) -> Problem | None:
    """A body is refused by what it announces, before anything of it is kept."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            digits = value.isdigit() and len(value) < 16
            return None if digits and int(value) <= MAX_BODY else too_large()
    return Problem("length_required", "Say how long the body is: send Content-Length.")


def _header(scope: Scope, wanted: bytes) -> str:
    found = (value.decode("latin-1") for name, value in scope["headers"] if name == wanted)
    return next(found, "")


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


async def _bundle(scope: Scope, send: Send) -> bool:
    header, none_match = credentials(scope["headers"])
    try:
        key = authenticate(STORE, header, _peer(scope), sure=False)
        query.read(scope["query_string"].decode("ascii", "replace"), ())
    except NotInMemory:
        return False
    except Problem as problem:
        await refuse(send, problem)
        return True
    for body in made(STORE, key):
        if body is not None:
            await _send_whole(send, whole(body, none_match))
        await asyncio.sleep(0)  # fetches come first
    return True


async def _take(scope: Scope, receive: Receive, send: Send) -> bool:
    try:
        answer = await take(scope, receive, _peer(scope))
    except NotInMemory:
        return False
    except Problem as problem:
        await refuse(send, problem)
        return True
    headers = [
        (b"content-type", answer.media_type.encode()),
        (b"content-length", str(len(answer.data)).encode()),
        *(() if not STORE.stale else (STALE,)),
    ]
    await _send(send, answer.status, headers, answer.data)
    return True


async def _stream(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        query.read(scope["query_string"].decode("ascii", "replace"), ())
        key = await _key_for_sure(scope)
        await listen(key, _header(scope, b"last-event-id"), receive, send)
    except Problem as problem:
        await refuse(send, problem)


async def _key_for_sure(scope: Scope) -> KeyRecord:
    """The key; one that the memory does not know is looked for once more, after reading on."""
    header, _ = credentials(scope["headers"])
    await REFRESHER.first_turn()
    try:
        if STORE.loaded:
            return authenticate(STORE, header, _peer(scope), sure=False)
    except NotInMemory:
        pass
    await REFRESHER.next_turn()
    if STORE.stale:
        raise away()
    return authenticate(STORE, header, _peer(scope), sure=True)


async def _tell_health(scope: Scope, send: Send) -> None:
    status, data = health(scope["path"])
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(data)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await _send(send, status, headers, b"" if scope["method"] == "HEAD" else data)


async def _tell_keys(scope: Scope, send: Send) -> None:
    """The public keys, for everybody: read from memory, with or without the database."""
    if scope["method"] not in ("GET", "HEAD"):
        detail = f"{scope['method']} does not work here. Use GET."
        await refuse(send, Problem("method_not_allowed", detail, headers={"Allow": "GET"}))
        return
    data, etag = published()
    known = etag == credentials(scope["headers"])[1]
    headers = [
        (b"content-type", b"application/json"),
        (b"etag", etag.encode()),
        (b"cache-control", b"public, max-age=300"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if not known:
        headers.append((b"content-length", str(len(data)).encode()))
    shown = b"" if known or scope["method"] == "HEAD" else data
    await _send(send, 304 if known else 200, headers, shown)


async def refuse(send: Send, problem: Problem) -> None:
    await _send_whole(send, refusal(problem))


async def _send_whole(send: Send, answer: Answer) -> None:
    await _send(send, answer.status, pairs(answer.head), answer.data)


async def _send(send: Send, status: int, headers: Headers, data: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})

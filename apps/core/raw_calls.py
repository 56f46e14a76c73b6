"""What plain ASGI callables share: the person of a session, headers, refusals, work in a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
P = ParamSpec("P")
R = TypeVar("R")


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Work with the database, on a connection that is closed with it."""

    def alone() -> R:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()  # this thread belongs to a pool; it must not keep a connection

    return await sync_to_async(alone, thread_sensitive=False)()


def person_with(session_key: str) -> Any:
    """Who is signed in with this session; None when nobody is."""
    request = HttpRequest()
    engine = import_module(settings.SESSION_ENGINE)
    request.session = engine.SessionStore(session_key or None)
    person = get_user(request)
    return person if person.is_authenticated else None


def session_key(scope: Scope) -> str:
    with suppress(CookieError):
        cookies = SimpleCookie(header(scope, b"cookie"))
        if settings.SESSION_COOKIE_NAME in cookies:
            return cookies[settings.SESSION_COOKIE_NAME].value
    return ""


def header(scope: Scope, wanted: bytes) -> str:
    """Its value; several lines of it (cookies in HTTP/2) as one."""
    return "; ".join(v.decode("latin-1") for name, v in scope["headers"] if name == wanted)


async def gone(receive: Receive) -> None:
    """Until whoever asked has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})

"""The least that a server of this kind can do: the same bytes for every call."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

BODY = b"x" * 4_000
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"4000")]
Message = MutableMapping[str, Any]


async def application(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": BODY})

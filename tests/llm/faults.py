"""25 ways in which the scripted provider fails. Each keeps the connection or ends it (False)."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.llm.provider import Call, Provider

Fault = Callable[["Provider", "Call", asyncio.StreamWriter], Awaitable[bool]]
HUGE = 12_000_000
SLOW = 0.05  # seconds between two bytes of the slow drip


def said(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "error", "param": None, "code": None, **more}}


def status(line: str, body: object, **headers: str) -> Fault:
    async def fail(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
        from tests.llm.provider import send

        await send(writer, body, line, **headers)
        return True

    return fail


async def limited(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import send

    body = said("Rate limit reached for requests")
    await send(writer, body, "429 Too Many Requests", retry_after=provider.retry_after)
    return True


async def refused_key(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    """Says the whole key back, as some servers do."""
    from tests.llm.provider import send

    key = call.headers.get("authorization", "") + call.headers.get("x-api-key", "")
    await send(writer, said(f"Incorrect API key provided: {key}."), "401 Unauthorized")
    return True


async def hang(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(3600)
    return False


async def slow_drip(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import send_head

    kind = "text/event-stream" if call.body.get("stream") else "application/json"
    await send_head(writer, headers={"Content-Length": "100000", "Content-Type": kind})
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(SLOW)


async def reset(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    writer.transport.abort()
    return False


async def closed(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    return False


async def reset_midway(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import begin_stream, chunk, event, send_head

    if call.body.get("stream"):
        await begin_stream(writer)
        await chunk(writer, event(call.body["model"], {"content": "Half of "}))
    else:
        await send_head(writer, headers={"Content-Length": "5000"})
        writer.write(b'{"id": "chatcmpl-1", "choi')
        await writer.drain()
    await asyncio.sleep(0.01)
    writer.transport.abort()
    return False


async def huge(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    """12 MB, and it does not say so beforehand."""
    from tests.llm.provider import begin_stream, chunk, event, send_head

    if call.body.get("stream"):
        await begin_stream(writer)
        data = event(call.body["model"], {"content": "x" * 50_000})
    else:
        await send_head(writer, headers={"Transfer-Encoding": "chunked"})
        data = b" " * 50_000
    for _each in range(HUGE // 50_000):
        await chunk(writer, data)
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return False


@lru_cache(maxsize=1)
def _packed() -> bytes:
    return gzip.compress(b" " * 30_000_000, 1)


async def bomb(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    """A few kilobytes that unpack to 30 MB."""
    from tests.llm.provider import send

    await send(writer, _packed(), content_encoding="gzip")
    return True


def answered(**choice: Any) -> Fault:
    """A well-formed answer with something wrong in it."""

    async def fail(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
        from tests.llm.provider import completion, send

        body = completion(call.body, "")
        body["choices"][0] |= choice
        await send(writer, body)
        return True

    return fail


async def empty_choices(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import completion, send

    await send(writer, completion(call.body, "") | {"choices": []})
    return True


async def wrong_model(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import completion, send, stream

    if call.body.get("stream"):
        await stream(writer, call.body, "Yes", "some-other-model")
    else:
        await send(writer, completion(call.body, "Yes", "some-other-model"))
    return True


async def redirect(provider: Provider, call: Call, writer: asyncio.StreamWriter) -> bool:
    from tests.llm.provider import send

    await send(writer, b"", "302 Found", location=provider.redirect_to)
    return True


HTML = b"<html><body><h1>Bad Gateway</h1></body></html>"

FAULTS: dict[str, Fault] = {
    "429": limited,
    "429_silent": status("429 Too Many Requests", said("Too many requests")),
    "no_credit": status(
        "429 Too Many Requests",
        said("You exceeded your current quota", code="insufficient_quota"),
    ),
    "500": status("500 Internal Server Error", said("The server had an error")),
    "502_html": status("502 Bad Gateway", HTML, content_type="text/html"),
    "503": status("503 Service Unavailable", said("Overloaded"), retry_after="0.05"),
    "504": status("504 Gateway Timeout", HTML, content_type="text/html"),
    "529": status("529 Overloaded", said("Overloaded")),
    "hang": hang,
    "slow_drip": slow_drip,
    "reset": reset,
    "closed": closed,
    "reset_midway": reset_midway,
    "malformed": status("200 OK", b'{"id": "chatcmpl-1", "choices": [{"mess'),
    "html": status("200 OK", HTML, content_type="text/html"),
    "wrong_schema": status("200 OK", {"answer": "Yes", "choices": "none"}),
    "empty_choices": empty_choices,
    "empty": answered(),
    "filtered": answered(finish_reason="content_filter"),
    "wrong_model": wrong_model,
    "huge": huge,
    "bomb": bomb,
    "401": refused_key,
    "404": status("404 Not Found", said("The model does not exist", code="model_not_found")),
    "redirect": redirect,
}

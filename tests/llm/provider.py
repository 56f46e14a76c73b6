"""A model provider to test against: speaks the OpenAI protocol on loopback, and fails as told.

    async with Provider(latency=0.2) as provider:      # in this loop
        line = Line("openai", provider.url, secret="sk-test", allow_private=True)
    with running(latency=0.2) as provider: ...         # in a thread with its own loop
    python -m tests.llm.provider --latency 0.2         # a process; prints its URL

A fault is asked for by `provider.fault = "500"` (all calls), or by words inside a message:
`[[fault:500]]` always, `[[fault:500*2]]` the first two times that this very message comes.
Streaming, embeddings (`/embeddings`) and Anthropic's `/v1/messages` are answered, too.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.llm import faults

MARK = re.compile(r"\[\[fault:([a-z0-9_]+)(?:\*(\d+))?\]\]")
Reply = Callable[[dict[str, Any]], str]


def echo(body: dict[str, Any]) -> str:
    """The default answer: what the last message asked, so that a test knows it beforehand."""
    return f"You said: {last_text(body)}"


def last_text(body: dict[str, Any]) -> str:
    for message in reversed(body.get("messages") or []):
        content = message.get("content")
        if isinstance(content, str):
            return content
        if isinstance(content, list):
            return "".join(part.get("text", "") for part in content)
    return ""


@dataclass
class Call:
    """One request that arrived whole."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    fault: str = ""

    @property
    def text(self) -> str:
        return last_text(self.body)


@dataclass
class Provider:
    """`limit`: more calls at once than this are answered 429. `model`: the name it says it is."""

    latency: float = 0.0
    reply: Reply = echo
    limit: int = 0
    retry_after: str = "0.05"
    model: str = ""
    offers: tuple[str, ...] = ("test-model-1", "test-model-2")
    fault: str = ""
    redirect_to: str = "http://169.254.169.254/latest/meta-data/"
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    _seen: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Provider:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        assert self._server
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def calls_of(self, text: str) -> int:
        """How often a message with these words was asked."""
        return sum(text in call.text for call in self.calls)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while (call := await _read(reader)) is not None:
                if not await self._answer(call, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, call: Call, writer: asyncio.StreamWriter) -> bool:
        """Answer one call; False to end the connection."""
        self.calls.append(call)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.limit and self.at_once > self.limit:
                call.fault = "429"
            else:
                call.fault = self._fault_of(call)
                await asyncio.sleep(self.latency)
            if call.fault:
                return await faults.FAULTS[call.fault](self, call, writer)
            return await self._well(call, writer)
        finally:
            self.at_once -= 1

    def _fault_of(self, call: Call) -> str:
        mark = MARK.search(json.dumps(call.body))
        if mark is None:
            return self.fault
        self._seen[call.text] += 1
        name, times = mark.groups()
        return name if times is None or self._seen[call.text] <= int(times) else ""

    async def _well(self, call: Call, writer: asyncio.StreamWriter) -> bool:
        if call.path.split("?")[0].endswith("/models"):
            data = [{"id": name, "object": "model"} for name in self.offers]
            await send(writer, {"object": "list", "data": data})
        elif call.path.endswith("/embeddings"):
            await send(writer, embeddings(call.body))
        elif call.path.endswith("/messages"):
            await send(writer, claude(call.body, self.reply(call.body), self.model))
        elif call.body.get("stream"):
            await stream(writer, call.body, self.reply(call.body), self.model)
        else:
            await send(writer, completion(call.body, self.reply(call.body), self.model))
        return True


async def _read(reader: asyncio.StreamReader) -> Call | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _c, value in (n.partition(":") for n in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Call(first.split(" ")[1], headers, json.loads(body or b"{}"))


def words_in(texts: object) -> int:
    return max(1, len(str(texts).split()))


def completion(body: dict[str, Any], text: str, model: str = "") -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
        "model": model or body.get("model"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage(body, text),
    }  # fmt: skip


def usage(body: dict[str, Any], text: str) -> dict[str, int]:
    sent = sum(words_in(message.get("content")) for message in body.get("messages") or [])
    return {"prompt_tokens": sent, "completion_tokens": words_in(text),
            "total_tokens": sent + words_in(text)}  # fmt: skip


def claude(body: dict[str, Any], text: str, model: str = "") -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if body.get("tool_choice", {}).get("type") == "tool":
        name = body["tool_choice"]["name"]
        content = [{"type": "tool_use", "id": "toolu_1", "name": name, "input": {"said": text}}]
    counted = usage(body, text)
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": model or body.get("model"),
        "content": content, "stop_reason": "end_turn", "stop_sequence": None,
        "usage": {"input_tokens": counted["prompt_tokens"],
                  "output_tokens": counted["completion_tokens"]},
    }  # fmt: skip


def embeddings(body: dict[str, Any]) -> dict[str, Any]:
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [
        {"object": "embedding", "index": at, "embedding": vector(text)}
        for at, text in enumerate(texts)
    ]
    return {"object": "list", "model": body["model"], "data": data,
            "usage": {"prompt_tokens": len(texts), "total_tokens": len(texts)}}  # fmt: skip


def vector(text: str) -> list[float]:
    """Texts that share words lie near each other."""
    found = [0.0] * 32
    for word in re.findall(r"\w+", text.lower()):
        found[hashlib.sha256(word.encode()).digest()[0] % 32] += 1.0
    return found


async def send(
    writer: asyncio.StreamWriter, body: object, status: str = "200 OK", **headers: str
) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    await send_head(writer, status, {"Content-Length": str(len(data)), **_named(headers)})
    writer.write(data)
    await writer.drain()


async def send_head(
    writer: asyncio.StreamWriter, status: str = "200 OK", headers: dict[str, str] | None = None
) -> None:
    given = {"Content-Type": "application/json", **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode())
    await writer.drain()


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


async def chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def begin_stream(writer: asyncio.StreamWriter) -> None:
    await send_head(
        writer, headers={"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
    )


def event(model: object, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    data = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model,
            "choices": [choice], **more}  # fmt: skip
    return f"data: {json.dumps(data)}\n\n".encode()


async def stream(
    writer: asyncio.StreamWriter, body: dict[str, Any], text: str, model: str = ""
) -> None:
    """The text word by word, then the finish and the usage."""
    name = model or body.get("model")
    await begin_stream(writer)
    for word in re.findall(r"\S+\s*|\s+", text):
        await chunk(writer, event(name, {"role": "assistant", "content": word}))
        await asyncio.sleep(0)
    await chunk(writer, event(name, {}, "stop"))
    last = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": name,
            "choices": [], "usage": usage(body, text)}  # fmt: skip
    await chunk(writer, f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n".encode())
    writer.write(b"0\r\n\r\n")
    await writer.drain()


@contextlib.contextmanager
def running(**settings: Any) -> Iterator[Provider]:
    """A provider in a thread of its own, for code that is not asynchronous."""
    provider, loop = Provider(**settings), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(provider.__aenter__(), loop).result(10)
    try:
        yield provider
    finally:
        asyncio.run_coroutine_threadsafe(_end(provider), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(provider: Provider) -> None:
    await provider.__aexit__()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _forever(settings: dict[str, Any]) -> None:
    async with Provider(**settings) as provider:
        sys.stdout.write(f"{provider.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fault", default="")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_forever(vars(parser.parse_args())))


if __name__ == "__main__":
    main()

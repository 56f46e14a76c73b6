"""Many applications that lost the server and come back all at once: what they were answered. The
tests send a part of them, the figure `herd_service_s` all."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

PATH = "/api/v1/prompts/{}"
STREAM = "/api/v1/stream"
LONGEST = 1.0  # seconds; what a client is told to wait is shortened to this, so that tests end


@dataclass
class Herd:
    """`statuses` of every answer; `waits`: what those were told who came too early or too many;
    `seconds` until the last one had its prompt and its stream."""

    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[int] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)
    seconds: float = 0.0


async def come_back(port: int, key: str, path: str, etag: str, count: int, within: float) -> Herd:
    """`count` clients at once: each asks whether its prompt is still what it has, then listens."""
    herd, begun, end = Herd(), time.perf_counter(), time.perf_counter() + within
    clients = [Client(port, key, path, etag, herd, end) for _ in range(count)]
    try:
        await asyncio.gather(*(client.until_served() for client in clients))
        herd.seconds = time.perf_counter() - begun
    finally:
        for client in clients:
            client.close()
    return herd


@dataclass
class Client:
    port: int
    key: str
    path: str
    etag: str
    herd: Herd
    end: float
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def until_served(self) -> None:
        await self._until(PATH.format(self.path), f"If-None-Match: {self.etag}\r\n", (200, 304))
        await self._until(STREAM, "", (200,))

    async def _until(self, path: str, more: str, good: tuple[int, ...]) -> None:
        while True:
            try:
                status, headers = await self._ask(path, more)
            except (OSError, asyncio.IncompleteReadError):
                status, headers = 0, {}  # nobody listens yet
            self.herd.statuses[status] += 1
            if status in good:
                return
            if "retry-after" in headers:
                self.herd.waits.append(int(headers["retry-after"]))
            if time.perf_counter() > self.end:
                raise TimeoutError(f"{path} was answered with {dict(self.herd.statuses)}")
            await asyncio.sleep(LONGEST * random.random())  # as the client library spreads itself

    async def _ask(self, path: str, more: str) -> tuple[int, dict[str, str]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.key}\r\n"
        writer.write(f"{head}{more}\r\n".encode())
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines if line)
        if path == STREAM and " 200 " in first:
            while not (line := await reader.readline()).startswith(b"retry:"):
                if not line:
                    raise asyncio.IncompleteReadError(b"", None)
            self.herd.retries.append(int(line.partition(b":")[2]))
        return int(first.split()[1]), {name.lower(): value for name, _, value in pairs}

    def close(self) -> None:
        for writer in self.writers:
            writer.close()

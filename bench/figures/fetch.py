"""How many live prompts one server process hands out, beside a bare Django view."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvloop

from bench.run import Measured, figure
from tests.live import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CONNECTIONS = 8
SECONDS = 3.0
ROUNDS = 5


@figure("fetch_ratio_bare")
def fetch_ratio_bare() -> Measured:
    """Rounds alternate, so that a busy moment hits both; the median of each counts."""
    with _served() as (port, key):
        calls = {"fetch": _request(_a_prompt(port, key), key), "bare": _request("/bare")}
        rates: dict[str, list[float]] = {"fetch": [], "bare": []}
        for call in calls.values():
            uvloop.run(_load(port, call, 0.5))
        for _ in range(ROUNDS):
            for name, call in calls.items():
                rates[name].append(uvloop.run(_load(port, call, SECONDS)))
    fetch, bare = (statistics.median(rates[name]) for name in ("fetch", "bare"))
    count = round(sum(map(sum, rates.values())) * SECONDS)
    against = f"a bare Django view without middleware, {round(bare):,} requests/s"
    return Measured(round(fetch), "requests/s", count, against, round(fetch / bare, 1))


@contextmanager
def _served() -> Iterator[tuple[int, str]]:
    """One server process on demo data in a folder of its own; yields its port and a read key."""
    folder = Path(tempfile.mkdtemp(prefix="galley-bench-"))
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GALLEY_", "DATABASE_"))}
    env |= {"GALLEY_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
    child = None
    try:
        for command in ("migrate", "seed_demo"):
            words = [sys.executable, "manage.py", command, "--verbosity", "0"]
            subprocess.run(words, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        words = [sys.executable, "-m", "uvicorn", "bench.bare.asgi:application"]
        options = ["--port", str(port), "--no-access-log", "--log-level", "error"]
        env["GALLEY_PROCESS"] = "web"
        child = subprocess.Popen([*words, *options], cwd=ROOT, env=env)
        _wait_for(port)
        yield port, (folder / "demo-read-key").read_text().strip()
    finally:
        if child is not None:
            child.terminate()
            child.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    import urllib.request

    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/bare", timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _a_prompt(port: int, key: str) -> str:
    """The address of the first prompt that the key may fetch."""
    import json
    import urllib.request

    wanted = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/prompts", headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(wanted, timeout=10) as answer:
        prompts = json.load(answer)["prompts"]
    return f"/api/v1/prompts/{prompts[0]['prompt']}"


def _request(path: str, key: str = "") -> bytes:
    header = f"Authorization: Bearer {key}\r\n" if key else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()


@dataclass
class _Count:
    answers: int = 0


async def _load(port: int, request: bytes, seconds: float) -> float:
    """Answers a second over all connections, each with one call under way at a time."""
    end, count = time.monotonic() + seconds, _Count()
    begun = time.monotonic()
    callers = (_call_on(port, request, end, count) for _ in range(CONNECTIONS))
    await asyncio.wait_for(asyncio.gather(*callers), seconds + 30)
    return count.answers / (time.monotonic() - begun)


async def _call_on(port: int, request: bytes, end: float, count: _Count) -> None:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    transport, _ = await loop.create_connection(
        lambda: _Caller(request, end, count, done), "127.0.0.1", port
    )
    try:
        await done
    finally:
        transport.close()


class _Caller(asyncio.Protocol):
    """Sends, reads one whole answer, sends again. It checks each answer's status and length."""

    def __init__(
        self, request: bytes, end: float, count: _Count, done: "asyncio.Future[None]"
    ) -> None:
        self._request, self._end, self._count, self._done = request, end, count, done
        self._heard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head = self._heard.find(b"\r\n\r\n")
        if head < 0 or len(self._heard) < head + 4 + _length(self._heard[:head]):
            return
        if not self._heard.startswith(b"HTTP/1.1 200"):
            self._stop(RuntimeError(self._heard[:100].decode("latin-1")))
            return
        self._heard.clear()
        self._count.answers += 1
        if time.monotonic() > self._end:
            self._stop(None)
        else:
            self._transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self._stop(error or ConnectionError("the server closed the connection"))

    def _stop(self, error: Exception | None) -> None:
        if self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)


def _length(head: bytearray) -> int:
    lower = bytes(head).lower()
    start = lower.index(b"content-length:") + len(b"content-length:")
    return int(lower[start:].split(b"\r\n", 1)[0])

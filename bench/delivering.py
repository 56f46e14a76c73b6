"""Delivery processes of their own on the bench's database, and calls to them."""

import asyncio
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from config.supervisor import SERVING
from tests.live import ROOT, environment_of, free_port

SERVER = ["-m", "uvicorn", *SERVING]
QUIET = ["--log-level", "error", "--timeout-graceful-shutdown", "2"]
DELIVERY = "config.asgi_delivery:application"


@dataclass
class Process:
    port: int
    child: "subprocess.Popen[bytes]"
    started: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def delivering(database: str, application: str = DELIVERY, **settings: str) -> Iterator[Process]:
    """One server process; not ready yet."""
    port = free_port()
    words = [sys.executable, *SERVER, application, "--port", str(port), *QUIET]
    environment = {**environment_of(database, "web"), **settings}
    begun = time.perf_counter()
    child = subprocess.Popen(words, cwd=ROOT, env=environment)
    try:
        yield Process(port, child, begun)
    finally:
        if child.poll() is None:
            child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def until_ready(process: Process, within: float = 120.0) -> None:
    end = time.monotonic() + within
    while get(process.url + "/healthz/ready")[0] != 200:
        if time.monotonic() > end or process.child.poll() is not None:
            raise RuntimeError("the delivery process does not become ready")
        time.sleep(0.01)


def get(url: str, key: str = "", timeout: float = 5.0, cookie: str = "") -> tuple[int, bytes]:
    """Status and body; 0 where nobody answered."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    asked = urllib.request.Request(url, headers={**headers, "Cookie": cookie})
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()
    except OSError:
        return 0, b""


class Line:
    """One connection that stays open, with one call under way at a time."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str, timeout: float = 3.0) -> tuple[int, dict[str, str], bytes]:
        try:
            return await asyncio.wait_for(self._get(path), timeout)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self.close()
            raise

    async def _get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._key}\r\n"
        writer.write(f"{head}\r\n".encode())
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines if line)
        headers = {name.lower(): value for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return int(first.split()[1]), headers, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def nowhere(database: str, port: int | None = None) -> dict[str, str]:
    """Settings of a process whose database is on a port where nobody listens, or on this one."""
    where = f"127.0.0.1:{port or free_port()}/{database}"
    return {"DATABASE_RUNTIME_URL": f"postgresql://galley_app:none@{where}"}


def through_url(database: str) -> dict[str, str]:
    """Settings of a process that reaches this database by its address, and cannot start it."""
    from django.conf import settings

    from config import postgres

    server = postgres.server(settings.DATA)
    word = postgres.password(settings.DATA, postgres.RUNTIME)
    where = f"127.0.0.1:{server.ensure()}/{database}"
    return {"DATABASE_RUNTIME_URL": f"postgresql://{postgres.RUNTIME}:{word}@{where}"}


def scaled(name: str, whole: int) -> int:
    """How much of a count: all of it, or what the environment says for a quick look."""
    return int(os.environ.get(f"GALLEY_BENCH_{name}", whole))


def toggled(prompt: Any, place: Any, releaser: Any) -> int:
    """Put that of two versions live again which is not; the new revision."""
    from apps.environments.queries import live_release
    from apps.prompts.models import Version
    from apps.releases.actions import roll_back

    live = live_release(prompt, place)
    assert live is not None
    other = Version.objects.get(prompt=prompt, number=3 - live.version.number)
    made = roll_back(
        prompt, environment=place, version=other, expects=live.pk, reason="A figure",
        actor=releaser,
    )  # fmt: skip
    return int(made.revision)

"""Fetching a live prompt with key, scope, split and ETag, beside a file server, a bare answer of
the same server, and the servers of two other products, in one run."""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from bench import peers
from bench.load import Rate, wrk
from bench.many import Many, make_many
from bench.run import Measured, figure
from bench.served import own_database
from config.supervisor import SERVING, THRIFTY
from tests.live import ROOT, environment_of, free_port

PROMPTS = 10_000
PROCESSES = 2
CONNECTIONS = (1, 8, 32)
SECONDS = 3
ROUNDS = 5
PREFIX = "/api/v1/prompts/"
BARE = ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
AS_SERVED = (  # as config/supervisor.py serves
    "--no-proxy-headers", "--no-server-header",
    "--log-level", "error",
)  # fmt: skip


@dataclass
class Seen:
    """Rates by server and number of connections; the largest server process."""

    rates: dict[tuple[str, int], list[Rate]] = field(default_factory=dict)
    megabytes: float = 0.0
    releases: int = 0

    def add(self, name: str, connections: int, rate: Rate) -> None:
        self.rates.setdefault((name, connections), []).append(rate)

    def median(self, name: str, connections: int) -> Rate:
        """The round with the middle rate."""
        found = sorted(self.rates[(name, connections)], key=lambda rate: rate.per_second)
        return found[len(found) // 2]

    def answers(self, name: str) -> int:
        return sum(r.answers for (n, _c), rows in self.rates.items() if n == name for r in rows)

    def words(self, name: str) -> str:
        """All that was seen of one server: connections: requests/s, p50, p99 in ms."""
        lines = [
            f"{c}: {rate.per_second:,.0f}/s, {rate.p50_ms:.2f}, {rate.p99_ms:.2f} ms"
            for n, c in self.rates
            if n == name and (rate := self.median(name, c))
        ]
        return f"{name} ({'; '.join(lines)})"


@figure("fetch_ratio_nginx")
def fetch_ratio_nginx() -> Measured:
    seen = _seen()
    ratios = [seen.median("galley", c).per_second / seen.median("nginx", c).per_second
              for c in CONNECTIONS]  # fmt: skip
    words = "; ".join(seen.words(name) for name in ("galley", "nginx", "bare ASGI"))
    return _against(seen, 8, words, statistics.median(ratios))


@figure("fetch_ratio_mlflow")
def fetch_ratio_mlflow() -> Measured:
    return _beside("mlflow")


@figure("fetch_ratio_phoenix")
def fetch_ratio_phoenix() -> Measured:
    return _beside("phoenix")


@figure("fetch_p99_ms")
def fetch_p99_ms() -> Measured:
    seen = _seen()
    found, beside = seen.median("galley", 32), seen.median("nginx", 32)
    against = (
        f"nginx {beside.p99_ms} ms, both at 32 connections; {seen.releases} releases meanwhile"
    )
    return Measured(found.p99_ms, "ms", found.answers, against,
                    round(found.p99_ms / beside.p99_ms, 1))  # fmt: skip


@figure("fetch_process_mb")
def fetch_process_mb() -> Measured:
    """The resident memory of the larger process after all rounds."""
    return Measured(round(_seen().megabytes), "MB", PROCESSES, "200 MB promised")


def _beside(name: str) -> Measured:
    seen = _seen()
    ratio = seen.median("galley", 8).per_second / seen.median(name, 8).per_second
    return _against(seen, 8, seen.words(name), ratio)


def _against(seen: Seen, connections: int, words: str, ratio: float) -> Measured:
    rate = seen.median("galley", connections)
    return Measured(round(rate.per_second), "requests/s", seen.answers("galley"), words,
                    round(ratio, 2))  # fmt: skip


@cache
def _seen() -> Seen:
    """All servers in turn, round by round, so that a busy moment hits them all; the products once a
    round at 8 connections. The servers that do not have their turn are idle."""
    seen = Seen()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(own_database())
        many = make_many(PROMPTS)
        files = _files(many)
        ports = {
            "galley": stack.enter_context(_uvicorn("config.asgi:application", SERVING)),
            "nginx": stack.enter_context(peers.nginx(files, folder / "nginx")),
            "bare ASGI": stack.enter_context(_uvicorn("bench.bare.raw:application", BARE)),
        }
        asks = {name: (port, list(files), _headers(many, name)) for name, port in ports.items()}
        _warm(ports["galley"], many, list(files))
        with _releasing(many, seen):
            for _ in range(ROUNDS):
                for connections in CONNECTIONS:
                    for name, ask in asks.items():
                        seen.add(name, connections, _rate(*ask, connections))
        seen.megabytes = _megabytes(ports["galley"])
        _products(folder, seen)
    return seen


def _products(folder: Path, seen: Seen) -> None:
    for name, server in (("mlflow", peers.mlflow), ("phoenix", peers.phoenix)):
        place = folder / name
        place.mkdir()
        with server(place) as (port, path):
            _rate(port, [path], {}, 8)
            for _ in range(ROUNDS):
                seen.add(name, 8, _rate(port, [path], {}, 8))


def _rate(port: int, paths: list[str], headers: dict[str, str], connections: int) -> Rate:
    return wrk(port, paths, connections=connections, seconds=SECONDS, headers=headers)


def _headers(many: Many, name: str) -> dict[str, str]:
    """An ETag that does not fit: it is compared, and the whole answer is sent."""
    if name != "galley":
        return {}
    return {"Authorization": f"Bearer {many.key}", "If-None-Match": '"0-old"'}


def _files(many: Many) -> dict[str, bytes]:
    """Path (with a unit where a split runs) → the bytes that Galley answers."""
    from apps.delivery.store import Store

    store = Store()
    store.refresh()
    split = set(many.split)
    found = {}
    for number, path in enumerate(many.paths):
        unit = f"user-{number}" if path in split else None
        served = store.live[(many.place.pk, store.places[path].prompt_id)]
        address = f"{PREFIX}{path}" + (f"?unit={unit}" if unit else "")
        found[address] = served.body(None, served.arm_of(unit, {})).data
    return found


@contextmanager
def _uvicorn(application: str, serving: list[str]) -> Iterator[int]:
    """Two processes on the database that this one is led to. Yields the port."""
    from django.conf import settings

    port = free_port()
    words = [sys.executable, "-m", "uvicorn", application, "--port", str(port)]
    words += ["--workers", str(PROCESSES), *serving, *AS_SERVED]
    environment = {**THRIFTY, **environment_of(settings.DATABASES["default"]["NAME"], "web")}
    child = subprocess.Popen(words, cwd=ROOT, env=environment)
    try:
        yield port
    finally:
        child.terminate()
        child.wait(20)


def _warm(port: int, many: Many, paths: list[str]) -> None:
    """Until every process answers from memory: each answer compiled once in each of them."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{paths[-1]}", headers={"Authorization": f"Bearer {many.key}"}
    )
    end = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(asked, timeout=60).close()
            break
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
    for _ in range(3):
        wrk(port, paths, connections=8, seconds=8, headers=_headers(many, "galley"))


@contextmanager
def _releasing(many: Many, seen: Seen) -> Iterator[None]:
    """One release a second meanwhile: a prompt goes back and forth between two versions."""
    stop = threading.Event()
    thread = threading.Thread(target=_release, args=(many, seen, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        if seen.releases == 0:
            raise RuntimeError("nothing was released meanwhile")


def _release(many: Many, seen: Seen, stop: threading.Event) -> None:
    from django.db import connection

    from apps.environments.queries import live_release
    from apps.releases.actions import roll_back

    versions: list[Any] = list(many.prompt.versions.order_by("number"))
    while not stop.wait(1.0):
        live = live_release(many.prompt, many.place)
        assert live is not None
        roll_back(
            many.prompt, environment=many.place, version=versions[seen.releases % 2],
            expects=live.pk, reason="A figure", actor=many.releaser,
        )  # fmt: skip
        seen.releases += 1
    connection.close()


def _megabytes(port: int) -> float:
    """The largest resident memory among the processes that listen or serve on a port."""
    parents = [
        process for process in psutil.process_iter(["cmdline"])
        if str(port) in (process.info["cmdline"] or []) and "uvicorn" in process.info["cmdline"]
    ]  # fmt: skip
    workers = [child for parent in parents for child in parent.children(recursive=True)]
    return max(worker.memory_info().rss for worker in workers) / 1e6

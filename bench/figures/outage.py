"""R1: the database stopped, then frozen, then back, under load; and R18: rolling restarts."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import uvloop

from bench.delivering import (
    Line,
    delivering,
    get,
    scaled,
    through_url,
    toggled,
    until_ready,
)
from bench.run import Measured, figure
from bench.served import own_database
from tests.live import Live

CONNECTIONS = 8
SECONDS = 600  # of each: stopped, frozen, back
RESTARTS = 20


@figure("outage_failed_fetches")
def outage_failed_fetches() -> Measured:
    """Fetches without an answer, with another status than 200, or with other bytes."""
    with own_database() as name:
        from django.db import connections

        from bench.many import make_many

        many = make_many(20)
        path = f"/api/v1/prompts/{many.paths[1]}"
        with delivering(name, "config.asgi:application", **through_url(name)) as process:
            until_ready(process)
            cookie = _session(many.releaser)
            connections.close_all()  # what this process holds would not live through it
            seen = uvloop.run(_outages(process.port, path, many, cookie))
            back = _until_released(process.url, many)
    words = (
        f"{scaled('SECONDS', SECONDS)} s each stopped, frozen, back; {seen['stale']:,} said stale;"
        f" {_whys(seen)}pages: {_pages(seen)}; a release is fetched {back:.1f} s after"
    )
    return Measured(seen["failed"], "fetches", seen["all"], words)


def _whys(seen: Counter[str]) -> str:
    return "".join(f"{n} × {name[4:]}; " for name, n in seen.items() if name.startswith("why "))


def _pages(seen: Counter[str]) -> str:
    slow = seen["page ms"] / 1000
    kinds = {name[5:]: n for name, n in sorted(seen.items()) if name.startswith("page ") and n}
    kinds.pop("ms", None)
    return f"{', '.join(f'{n} × {kind}' for kind, n in kinds.items())}, slowest {slow:.1f} s"


def _session(person: Any) -> str:
    """The cookie of somebody who is signed in: their pages need the database."""
    from django.conf import settings

    from bench.served import Place

    with Place(Live("http://127.0.0.1", Path(), "", 0)).client(person) as client:
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME]}"


async def _outages(port: int, path: str, many: Any, cookie: str) -> Counter[str]:
    seen: Counter[str] = Counter()
    _status, _headers, body = await Line(port, many.key).get(path)
    stop = asyncio.Event()
    callers = [
        asyncio.create_task(_call(port, path, many.key, body, seen, stop))
        for _ in range(CONNECTIONS)
    ]
    with ThreadPoolExecutor(2) as pool:
        loop = asyncio.get_running_loop()
        for outage in (_stopped, _frozen):
            happening = outage()
            await asyncio.to_thread(happening.__enter__)  # takes seconds; the callers go on
            try:
                await _look_at_pages(loop, pool, port, seen, cookie)
            finally:
                await asyncio.to_thread(happening.__exit__, None, None, None)
        await asyncio.sleep(scaled("SECONDS", SECONDS))
    stop.set()
    await asyncio.gather(*callers)
    return seen


async def _look_at_pages(loop: Any, pool: Any, port: int, seen: Counter[str], cookie: str) -> None:
    end = time.monotonic() + scaled("SECONDS", SECONDS)
    while time.monotonic() < end:
        begun = time.monotonic()
        url = f"http://127.0.0.1:{port}/prompts/"
        status, _body = await loop.run_in_executor(pool, get, url, "", 30.0, cookie)
        took = round((time.monotonic() - begun) * 1000)
        seen[f"page {status}"] += 1
        seen["page ms"] = max(seen["page ms"], took)
        await asyncio.sleep(max(0.0, min(5.0, end - time.monotonic())))


async def _call(
    port: int, path: str, key: str, body: bytes, seen: Counter[str], stop: asyncio.Event
) -> None:
    line = Line(port, key)
    while not stop.is_set():
        seen["all"] += 1
        try:
            status, headers, found = await line.get(path)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            seen["failed"] += 1
            seen[f"why {type(error).__name__}"] += 1
            continue
        seen["failed"] += status != 200 or found != body
        if status != 200 or found != body:
            seen[f"why {status}"] += 1
        seen["stale"] += "galley-stale" in headers
        await asyncio.sleep(0.005)
    line.close()


@contextmanager
def _stopped() -> Iterator[None]:
    from django.conf import settings

    from config import postgres

    server = postgres.server(settings.DATA)
    server.stop()
    try:
        yield
    finally:
        server.ensure()


@contextmanager
def _frozen() -> Iterator[None]:
    from django.conf import settings

    pid = int((settings.DATA / "postgres" / "postmaster.pid").read_text().split("\n")[0])
    head = psutil.Process(pid)
    whole = [head, *head.children(recursive=True)]
    for process in whole:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in whole:
            if process.is_running():
                process.send_signal(signal.SIGCONT)


def _until_released(url: str, many: Any) -> float:
    """Seconds from a release after the outage until it is fetched."""
    begun = time.monotonic()
    revision = toggled(many.prompt, many.place, many.releaser)
    path = f"{url}/api/v1/prompts/{many.prompt.path}"
    while f'"revision":{revision},'.encode() not in get(path, many.key)[1]:
        if time.monotonic() - begun > 60:
            raise RuntimeError("the release is not fetched")
        time.sleep(0.02)
    return time.monotonic() - begun


@figure("restart_failed_fetches")
def restart_failed_fetches() -> Measured:
    """R18: two processes behind a balancer that asks /healthz/ready ten times a second; each is
    replaced in turn while fetches go on."""
    with own_database() as name:
        from bench.many import make_many

        many = make_many(20)
        seen = asyncio.run(_rolling(name, f"/api/v1/prompts/{many.paths[1]}", many.key))
    words = f"{scaled('RESTARTS', RESTARTS)} restarts, {seen['rate']} fetches/s"
    return Measured(seen["failed"], "fetches", seen["all"], words)


async def _rolling(name: str, path: str, key: str) -> Counter[str]:
    seen: Counter[str] = Counter()
    ready: list[int] = []
    stop = asyncio.Event()
    old = delivering(name, GALLEY_DRAIN="2")
    process = old.__enter__()
    await asyncio.to_thread(until_ready, process)
    ready[:] = [process.port]
    begun = time.monotonic()
    callers = [asyncio.create_task(_balanced(ready, path, key, seen, stop)) for _ in range(4)]
    for _ in range(scaled("RESTARTS", RESTARTS)):
        new = delivering(name, GALLEY_DRAIN="2")
        following = new.__enter__()
        await asyncio.to_thread(until_ready, following)
        ready.append(following.port)
        process.child.send_signal(signal.SIGTERM)
        while await asyncio.to_thread(_is_ready, process.url):
            await asyncio.sleep(0.1)
        ready.remove(process.port)
        await asyncio.to_thread(old.__exit__, None, None, None)
        old, process = new, following
    stop.set()
    await asyncio.gather(*callers)
    old.__exit__(None, None, None)
    seen["rate"] = round(seen["all"] / (time.monotonic() - begun))
    return seen


def _is_ready(url: str) -> bool:
    return get(f"{url}/healthz/ready")[0] == 200


async def _balanced(
    ready: list[int], path: str, key: str, seen: Counter[str], stop: asyncio.Event
) -> None:
    while not stop.is_set():
        line = Line(ready[seen["all"] % len(ready)], key)
        seen["all"] += 1
        try:
            status, _headers, _body = await line.get(path)
            seen["failed"] += status != 200
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            seen["failed"] += 1
        line.close()
        await asyncio.sleep(0.005)

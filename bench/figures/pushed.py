"""How soon 1,000 connected applications hear of a release, and how soon without notifications."""

import asyncio
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import uvloop

from bench.delivering import Line, delivering, scaled, toggled, until_ready
from bench.run import Measured, figure
from bench.served import own_database

STREAMS, RELEASES = 1000, 20
_kept: dict[str, list[float]] = {}


@figure("release_to_1000_p99_ms")
def release_to_1000_p99() -> Measured:
    times = _pushed()
    value, middle = times[int(len(times) * 0.99)], statistics.median(times)
    words = f"500 ms promised; p50 {middle:.0f} ms, from before the release was asked for"
    return Measured(round(value), "ms", len(times), words, round(value / 500, 2))


@figure("release_to_1000_max_ms")
def release_to_1000_max() -> Measured:
    times = _pushed()
    return Measured(round(times[-1]), "ms", len(times), "1 s promised", round(times[-1] / 1000, 2))


@figure("release_no_notify_max_ms")
def release_no_notify_max() -> Measured:
    """From before the release was asked for until a fetch has it, the process hearing nothing."""
    with own_database() as name:
        story, key = _story()
        with delivering(name, "bench.deaf:application") as process:
            until_ready(process)
            times = uvloop.run(_fetched(process.port, key, story))
    words = f"1 s promised; p50 {statistics.median(times):.0f} ms; a poll each 500 ms"
    return Measured(round(max(times)), "ms", len(times), words, round(max(times) / 1000, 2))


def _story() -> tuple[Any, str]:
    from bench.many import make_many

    many = make_many(20)
    return many, many.key


def _pushed() -> list[float]:
    if not _kept:
        with own_database() as name:
            story, key = _story()
            with delivering(name) as process:
                until_ready(process)
                _kept["times"] = sorted(uvloop.run(_heard(process.port, key, story)))
    return _kept["times"]


async def _heard(port: int, key: str, story: Any) -> list[float]:
    """Milliseconds from each release to each stream."""
    came: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
    count = scaled("STREAMS", STREAMS)
    streams = [asyncio.create_task(_listen(port, key, came)) for _ in range(count)]
    for _ in range(count):
        await asyncio.wait_for(came.get(), 60)  # each says that it is connected
    times: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        for _ in range(RELEASES):
            begun = time.perf_counter()
            revision = await asyncio.get_running_loop().run_in_executor(pool, _release, story)
            for _ in range(count):
                number, at = await asyncio.wait_for(came.get(), 30)
                if number != revision:
                    raise RuntimeError(f"heard of {number} in place of {revision}")
                times.append((at - begun) * 1000)
    for stream in streams:
        stream.cancel()
    return times


def _release(story: Any) -> int:
    from django.db import connections

    try:
        return toggled(story.prompt, story.place, story.releaser)
    finally:
        connections.close_all()


async def _listen(port: int, key: str, came: "asyncio.Queue[tuple[int, float]]") -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n"
    writer.write(head.encode())
    while True:
        line = await reader.readline()
        at = time.perf_counter()
        if line.startswith(b"retry:"):
            came.put_nowait((0, at))
        elif line.startswith(b"data:"):
            came.put_nowait((int(line.rpartition(b":")[2].strip(b" }\r\n")), at))
        elif not line:
            raise ConnectionError("the stream ended")


async def _fetched(port: int, key: str, story: Any) -> list[float]:
    line, times = Line(port, key), []
    path = f"/api/v1/prompts/{story.prompt.path}"
    with ThreadPoolExecutor(1) as pool:
        for _ in range(RELEASES):
            begun = time.perf_counter()
            revision = await asyncio.get_running_loop().run_in_executor(pool, _release, story)
            while True:
                _status, headers, _body = await line.get(path)
                if int(headers["galley-revision"]) >= revision:
                    break
                await asyncio.sleep(0.002)
            times.append((time.perf_counter() - begun) * 1000)
    return times

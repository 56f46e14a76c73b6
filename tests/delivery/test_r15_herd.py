"""R15: after an outage everybody comes back at once. Nobody gets a 5xx; who is too many is told
when to try again; streams say different times to come back; a 304 costs no bytes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager

import httpx

from apps.delivery import listening, streams
from apps.delivery.process import STORE
from config.supervisor import SERVING
from tests.delivery.herd import come_back
from tests.delivery.story import bearer, make_story
from tests.delivery.test_r18_restart import until_ready
from tests.live import ROOT, environment_of, free_port

CLIENTS = 40  # a fiftieth of the promised 2,000
PATH = "/api/v1/prompts/desk/reply"


@contextmanager
def serving(database, port, folder):
    command = [sys.executable, "-m", "uvicorn", "config.asgi_delivery:application"]
    with (folder / "log").open("ab") as output:
        child = subprocess.Popen(
            [*command, "--port", str(port), *SERVING],
            cwd=ROOT, env=environment_of(database, "web"), stdout=output, stderr=output,
        )  # fmt: skip
    try:
        yield child
    finally:
        child.kill()
        child.wait(10)


def test_r15_everybody_is_served_again_after_a_restart(own_database, tmp_path):
    """They stand at the door while nobody listens; the process is killed and begins anew."""
    story, port = make_story(), free_port()
    _, key = story.key()
    with serving(own_database, port, tmp_path):
        until_ready(f"http://127.0.0.1:{port}")
        first = httpx.get(f"http://127.0.0.1:{port}{PATH}", headers=bearer(key), timeout=10)

    async def herd():
        coming = asyncio.ensure_future(
            come_back(port, key, "desk/reply", first.headers["etag"], CLIENTS, within=60)
        )
        await asyncio.sleep(0.1)
        with serving(own_database, port, tmp_path):
            return await coming

    seen = asyncio.run(herd())

    assert [status for status in seen.statuses if status >= 500] == []
    assert (seen.statuses[304], seen.statuses[200]) == (CLIENTS, CLIENTS)  # prompts, streams
    assert seen.statuses[0] > 0  # the control: there was an outage
    assert len(set(seen.retries)) > CLIENTS // 2
    assert all(1000 <= wait <= 5000 for wait in seen.retries)


class Caller:
    """One stream that asks the process of this test."""

    def __init__(self, key):
        self.key, self.gone, self.sent = key, asyncio.Event(), []

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)

    async def listen(self):
        try:
            await listening.listen(self.key, "", self.receive, self.send)
        except listening.Problem as problem:
            return problem
        return None


def test_r15_who_is_too_many_is_told_when_to_come_back(story, monkeypatch):
    """Room for 25 of 40; those who wait get the places of those who go."""
    _row, _text = story.key()
    STORE.refresh()
    [key] = [one for one in STORE.keys.values() if one.environment == "production"]
    monkeypatch.setattr(streams, "MAX_STREAMS", 25)
    monkeypatch.setattr(listening, "before_stopping", lambda _act: None)

    async def herd():
        callers = [Caller(key) for _ in range(CLIENTS)]
        tasks = [asyncio.ensure_future(caller.listen()) for caller in callers]
        await asyncio.sleep(0)
        shed = [await task for task in tasks[25:]]
        while not all(len(caller.sent) >= 2 for caller in callers[:25]):
            await asyncio.sleep(0)
        for caller in callers[:15]:
            caller.gone.set()
        await asyncio.gather(*tasks[:15])
        late = [Caller(key) for _ in range(15)]
        more = [asyncio.ensure_future(caller.listen()) for caller in late]
        while not all(len(caller.sent) >= 2 for caller in late):
            await asyncio.sleep(0)
        for caller in (*callers[15:25], *late):
            caller.gone.set()
        await asyncio.gather(*tasks[15:25], *more)
        return shed, [caller.sent[0]["status"] for caller in (*callers[:25], *late)]

    shed, served = asyncio.run(herd())

    waits = [int(problem.headers["Retry-After"]) for problem in shed]
    assert [problem.status for problem in shed] == [429] * 15
    assert all(5 <= wait <= 15 for wait in waits)
    assert len(set(waits)) > 3  # they do not all come back in the same second
    assert served == [200] * 40


def test_r15_a_slow_reader_holds_a_bounded_queue(story):
    """A hundred events at most wait for anybody; then it is told to look at everything."""
    story.key()
    STORE.refresh()
    [key] = [one for one in STORE.keys.values() if one.environment == "production"]

    async def lag():
        stream = streams.Stream(key)
        for number in range(10 * streams.MAX_WAITING):
            stream.put(f"event {number}")
        return stream.waiting.qsize(), [stream.waiting.get_nowait()]

    size, first = asyncio.run(lag())

    assert size <= streams.MAX_WAITING
    assert first == [streams.RESET]

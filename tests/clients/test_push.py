"""A release is heard of as it happens; where streams do not come through, it is looked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from galley_client.events import Event, EventParser

from tests.clients.harness.answers import PATH
from tests.clients.harness.faces import Clock, Face
from tests.clients.harness.faults import FAULTS, status
from tests.clients.harness.server import Asked, Fault, Server, say

Make = Callable[..., Face]
STREAM = "/api/v1/stream"


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Waits for what goes on behind; the limit only ends a test that has failed."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


@pytest.fixture
def live(server: Server, make: Make) -> Face:
    """A client whose stream is open, and which has looked at everything since."""
    server.script.has_stream = True
    galley = make(stream=True)
    galley.get(PATH)
    assert server.heard.acquire(timeout=5)
    rest(galley)
    server.asked.clear()
    return galley


def rest(galley: Face) -> None:
    """Until the stream is live and nothing goes on behind any more."""
    push, fetching = galley.core.push, galley.core.fetching
    assert until(lambda: push.is_live and not push._tasks and not fetching.busy)


def test_a_release_is_there_without_being_asked_for(server: Server, live: Face) -> None:
    server.release(version=4, revision=8)
    server.tell("release", prompt=PATH, environment="production", revision=8)

    assert until(lambda: live.get(PATH).version == 4)
    assert len(server.asked) == 1


def test_a_release_of_another_prompt_asks_nothing(server: Server, live: Face) -> None:
    server.tell("release", prompt="support/other", environment="production", revision=8)
    server.release(version=4, revision=8)
    server.tell("prompt", prompt=PATH)

    assert until(lambda: live.get(PATH).version == 4)
    assert [asked.path for asked in server.asked] == [f"/api/v1/prompts/{PATH}"]


def test_a_process_that_has_not_heard_yet_is_asked_again(server: Server, live: Face) -> None:
    server.tell("release", prompt=PATH, environment="production", revision=8)
    assert until(lambda: len(server.asked) >= 2)
    server.release(version=4, revision=8)

    assert until(lambda: live.get(PATH).revision == 8)


def test_a_release_during_a_fetch_is_not_missed(server: Server, live: Face) -> None:
    server.gate.clear()
    live.core.memory.clock.now += 60  # type: ignore[attr-defined]
    live.get(PATH)
    assert until(lambda: len(server.asked) == 1)
    server.tell("prompt", prompt=PATH)
    server.gate.set()

    assert until(lambda: len(server.asked) == 2)


def test_a_gap_makes_everything_be_looked_at(server: Server, live: Face) -> None:
    server.release(version=4, revision=8)
    server.tell("reset")

    assert until(lambda: live.get(PATH).version == 4)


def test_a_stream_that_ends_is_taken_up_where_it_was(
    server: Server, live: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("galley_client.push.FIRST_PAUSE", 0.01)
    server.tell("prompt", prompt="x")
    server.tell("prompt", prompt=PATH)
    assert until(lambda: len(server.asked) == 1)
    rest(live)
    server.cut_streams()
    server.release(version=4, revision=8)

    assert server.heard.acquire(timeout=10)
    assert until(lambda: live.get(PATH).version == 4)
    streams = [asked for asked in server.others if asked.path == STREAM]
    assert [asked.headers.get("last-event-id") for asked in streams] == [None, "2"]


NONSENSE: dict[str, bytes] = {
    "no JSON": b"event: release\ndata: {\n\n",
    "a list": b"event: release\ndata: []\n\n",
    "no prompt": b"event: release\ndata: {}\n\n",
    "a prompt that is none": b'event: release\ndata: {"prompt": 3}\n\n',
    "a revision in words": b'event: release\ndata: {"prompt": "x", "revision": "y"}\n\n',
    "no UTF-8": b"event: \xff\ndata: \xff\n\n",
    "unknown": b"event: key\ndata: {}\n\n",
    "comments": b": hello\n:\n\n\n\n",
}


@pytest.mark.parametrize("data", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_on_the_stream_is_passed_over(server: Server, live: Face, data: bytes) -> None:
    server.send(data)
    server.release(version=4, revision=8)
    server.tell("release", prompt=PATH, environment="production", revision=8)

    assert until(lambda: live.get(PATH).version == 4)
    assert len([asked for asked in server.others if asked.path == STREAM]) == 1


def quiet(to: Any, asked: Asked, server: Server) -> None:
    """A proxy that holds everything back: the stream begins and says nothing."""
    to.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    to.recv(1)


BLOCKED: dict[str, Fault] = {
    "404": status(404),
    "403 of a proxy": status(403, b"<html>"),
    "a page": status(200, b"<html>", Content_Type="text/html"),
    "held back": quiet,
    "cut": FAULTS["cut"],
    "no HTTP": FAULTS["no HTTP"],
    "silent": FAULTS["silent"],
}


@pytest.mark.parametrize("fault", BLOCKED.values(), ids=BLOCKED.keys())
def test_where_no_stream_comes_through_it_looks_by_itself(
    server: Server, make: Make, fault: Fault
) -> None:
    server.script.faults[STREAM] = fault
    galley = make(stream=True, poll=0.05)
    galley.get(PATH)
    server.release(version=4, revision=8)

    assert until(lambda: galley.get(PATH).version == 4)


def test_looking_is_left_alone_while_the_stream_is_live(
    server: Server, make: Make, clock: Clock
) -> None:
    server.script.has_stream = True
    galley = make(stream=True, poll=0.01)
    galley.get(PATH)
    rest(galley)
    before = len(server.asked)
    galley.run(lambda: _pause(0.2))

    assert len(server.asked) == before


def test_looking_goes_on_only_for_what_is_in_use(server: Server, make: Make, clock: Clock) -> None:
    server.release(prompt="support/idle")
    galley = make(poll=0.02)
    galley.get("support/idle")
    clock.now += 601
    galley.get(PATH)
    before = len([a for a in server.asked if a.path.endswith("idle")])
    assert until(lambda: len([a for a in server.asked if a.path.endswith("reply")]) > 4)

    assert len([a for a in server.asked if a.path.endswith("idle")]) == before
    assert galley.get(PATH).is_stale is False


def test_a_failing_server_is_not_looked_at_at_every_turn(server: Server, make: Make) -> None:
    galley = make(poll=0.01)
    galley.get(PATH)
    server.script.fault = status(500)
    assert until(lambda: galley.get(PATH).is_stale)
    before = len(server.asked)
    galley.run(lambda: _pause(0.2))

    assert len(server.asked) == before


async def _pause(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


def test_a_stream_is_refused_by_its_length() -> None:
    parser = EventParser()

    with pytest.raises(ValueError):
        for _ in range(10):
            list(parser.feed(b"data: " + b"x" * 100_000))


def test_events_are_put_together_from_any_pieces() -> None:
    data = (
        b': here\n\nid: 5\r\nevent: release\r\ndata: {"prompt":\r\ndata: "\xc3\xa4"}\r\n\r\n'
        b"retry: 3\ndata: 7\n\nid: 6\nevent: reset\n\n"
    )
    whole = list(EventParser().feed(data))
    parser = EventParser()

    pieces = [event for byte in data for event in parser.feed(bytes([byte]))]

    assert pieces == whole == [
        Event("5", "release", {"prompt": "ä"}),
        Event("5", "message", {}),
        Event("6", "reset", {}),
    ]  # fmt: skip


def test_many_clients_come_back_at_different_times(server: Server, make: Make) -> None:
    """R15: the pauses are spread by chance, and grow."""
    gone: list[float] = []
    lock = threading.Lock()

    def down(to: Any, asked: Asked, server: Server) -> None:
        with lock:
            gone.append(time.monotonic())
        say(to, 503, {}, b"")

    server.script.faults[STREAM] = down
    clients = [make(stream=True) for _ in range(8)]
    for galley in clients:
        galley.get(PATH)
    assert until(lambda: len(gone) >= 16)

    second = sorted(gone)[8:16]
    assert second[-1] - second[0] > 0.1

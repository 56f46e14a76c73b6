"""The protocol that answers a fetch at once: the same bytes as the usual way, in the same order."""

from __future__ import annotations

import asyncio

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from apps.delivery import asgi, at_once
from apps.delivery.problems import Problem
from apps.delivery.process import REFRESHER, STORE
from apps.delivery.wire import lines, pairs
from config.fetch_protocol import FetchProtocol, first_lines, written

PATH = "/api/v1/prompts/desk/reply"


@pytest.fixture
def key(story, monkeypatch):
    """A key; the memory was read in this test's transaction, and no thread reads beside it."""
    monkeypatch.setattr(REFRESHER, "start", lambda: None)
    _, text = story.key()
    STORE.refresh()
    return text


class Wire(asyncio.Transport):
    """What a connection writes and reads, without a network."""

    def __init__(self):
        super().__init__()
        self.sent, self.closed = b"", False

    def write(self, data):
        self.sent += data

    def close(self):
        self.closed = True

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


def talk(protocol, *parts, proxy_headers=False, before=lambda protocol: None):
    """What is answered, whether the connection was closed, and the calls to the application."""
    calls = []

    async def application(scope, receive, send):
        calls.append(scope["path"])
        if not await asgi.application(scope, receive, send):
            headers = [(b"content-length", b"6")]
            await send({"type": "http.response.start", "status": 299, "headers": headers})
            await send({"type": "http.response.body", "body": b"Django"})

    async def main():
        config = uvicorn.Config(
            application, http=protocol, access_log=False, proxy_headers=proxy_headers
        )
        config.load()
        state = ServerState()
        state.default_headers = [(b"date", b"Sat, 21 Nov 2026 12:00:00 GMT")]
        wire, one = Wire(), protocol(config, state, {}, asyncio.get_running_loop())
        one.connection_made(wire)
        before(one)
        for part in parts:
            one.data_received(part)
            while state.tasks:
                await asyncio.gather(*state.tasks)
        one._unset_keepalive_if_required()
        return wire

    wire = asyncio.run(main())
    return wire.sent, wire.closed, len(calls)


def asked(path=PATH, key="", method="GET", version="1.1", body=b"", **headers):
    lines = {"host": "galley", **({"authorization": f"Bearer {key}"} if key else {}), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/{version}\r\n{head}\r\n".encode() + body


AT_ONCE = {
    "live": {},
    "with parameters": {"path": f"{PATH}?model=local/small&unit=u%201"},
    "percent in the path": {"path": "/api/v1/prompts/desk%2Freply"},
    "wrong parameter": {"path": f"{PATH}?version=x"},
    "key in the address": {"path": f"{PATH}?api_key=1"},
    "wrong key": {"key": "gly_read_aaaaaaaaaaaa_" + "b" * 43},
    "no key": {"key": ""},
    "forwarded, and not believed": {"x_forwarded_for": "10.0.0.9"},
}
USUAL = {
    "unknown prompt": {"path": "/api/v1/prompts/desk/none"},
    "list": {"path": "/api/v1/prompts"},
    "HEAD": {"method": "HEAD"},
    "POST": {"method": "POST", "content_length": "2", "body": b"{}"},
    "with a body": {"content_length": "2", "body": b"{}"},
    "HTTP/1.0": {"version": "1.0"},
    "last call": {"connection": "close"},
    "wants another protocol": {"connection": "upgrade", "upgrade": "h2c"},
}


@pytest.mark.parametrize("name", [*AT_ONCE, *USUAL])
def test_answer_is_byte_for_byte_that_of_the_usual_way(key, name):
    wanted = asked(**{"key": key, **{**AT_ONCE, **USUAL}[name]})

    fast, usual = talk(FetchProtocol, wanted), talk(HttpToolsProtocol, wanted)

    assert fast[:2] == usual[:2]
    assert fast[0].startswith(b"HTTP/1.1 ")
    assert (fast[2], usual[2]) == (0 if name in AT_ONCE else 1, 1)


def test_known_answer_is_304_without_a_body(key):
    first, _, _ = talk(FetchProtocol, asked(key=key))
    etag = next(line for line in first.decode().split("\r\n") if line.startswith("etag: "))[6:]
    wanted = asked(key=key, if_none_match=etag)

    fast, usual = talk(FetchProtocol, wanted), talk(HttpToolsProtocol, wanted)

    assert fast[:2] == usual[:2]
    assert fast[0].startswith(b"HTTP/1.1 304 ") and fast[0].endswith(b"\r\n\r\n")


def test_calls_that_come_together_are_answered_in_their_order(key):
    """One of them goes the usual way: what comes behind it waits for it."""
    calls = [asked(key=key), asked("/api/v1/prompts/desk/none", key), asked(f"{PATH}?unit=1", key)]

    fast = talk(FetchProtocol, b"".join(calls))
    usual = talk(HttpToolsProtocol, b"".join(calls))

    assert fast[:2] == usual[:2]
    assert fast[0].count(b"HTTP/1.1 ") == 3
    assert fast[2] == 2


def test_call_that_comes_in_pieces_is_answered_once(key):
    wanted = asked(key=key)
    pieces = [wanted[at : at + 7] for at in range(0, len(wanted), 7)]

    assert talk(FetchProtocol, *pieces) == talk(FetchProtocol, wanted)


def test_forwarded_call_goes_the_usual_way_where_the_proxy_is_believed(key):
    wanted = asked(key=key, x_forwarded_for="10.0.0.9")

    assert talk(FetchProtocol, wanted, proxy_headers=True)[2] == 1
    assert talk(FetchProtocol, asked(key=key), proxy_headers=True)[2] == 0


def test_slow_reader_goes_the_usual_way_which_waits(key):
    def full(protocol):
        protocol.pause_writing()
        asyncio.get_running_loop().call_later(0.01, protocol.resume_writing)

    assert talk(FetchProtocol, asked(key=key), before=full)[2] == 1


def test_fault_of_ours_is_not_said_to_be_the_callers(key, monkeypatch, caplog):
    def broken(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr(at_once, "fetched", broken)
    sent, _, calls = talk(FetchProtocol, asked(key=key))

    assert (sent[:12], calls) == (b"HTTP/1.1 200", 1)
    assert "a fetch could not be answered at once" in caplog.text


@pytest.mark.parametrize("value", [b"b\r\nc: d", b"b\nc: d", b"b\rc: d"])
def test_header_with_a_line_break_is_never_written(value):
    with pytest.raises(ValueError, match="line break"):
        lines([(b"a", value)])


def test_header_lines_are_written_and_read_back():
    headers = [(b"a", b"b"), (b"link", b"<x>; rel: y"), (b"empty", b"")]

    assert pairs(lines(headers)) == headers
    assert pairs(b"") == []
    assert written(200, lines(headers[:1]), b"x", first_lines([(b"date", b"now")])) == (
        b"HTTP/1.1 200 OK\r\ndate: now\r\na: b\r\n\r\nx"
    )


def test_date_of_an_answer_is_the_newest(key):
    """What the server says first is another list whenever the date is another."""
    first, second = ([(b"date", day)] for day in (b"Sat", b"Sun"))

    assert [first_lines(one) for one in (first, second, first)] == [
        b"date: Sat\r\n", b"date: Sun\r\n", b"date: Sat\r\n"
    ]  # fmt: skip


def idle(key, *, keep_alive, says, until, application=asgi.application):
    """For how long a connection was open; `says` is what is sent when, in seconds."""

    async def main():
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(
            application, http=FetchProtocol, access_log=False, timeout_keep_alive=keep_alive
        )
        config.load()
        wire, one = Wire(), FetchProtocol(config, ServerState(), {}, loop)
        one.connection_made(wire)
        for at, part in says:
            loop.call_later(at, one.data_received, part)
        begun = loop.time()
        while not wire.closed and loop.time() - begun < until:
            await asyncio.sleep(0.01)
        one.connection_lost(None)
        return loop.time() - begun, wire.sent.count(b"HTTP/1.1 200")

    return asyncio.run(main())


def test_connection_on_which_nothing_comes_is_closed(key):
    open_for, answers = idle(key, keep_alive=0.2, says=[(0, asked(key=key))], until=5)

    assert answers == 1
    assert 0.15 < open_for < 4


def test_connection_is_kept_as_long_as_calls_come(key):
    """The last one begins the time anew, though the timer was set by the first."""
    says = [(at, asked(key=key)) for at in (0, 0.3, 0.6, 0.9)]
    open_for, answers = idle(key, keep_alive=0.6, says=says, until=5)

    assert answers == 4
    assert 1.4 < open_for < 4.5


def test_connection_is_not_closed_in_the_middle_of_a_call(key):
    wanted = asked(key=key)
    says = [(0, wanted), (0.1, wanted[:20]), (0.7, wanted[20:])]
    open_for, answers = idle(key, keep_alive=0.3, says=says, until=5)

    assert answers == 2
    assert open_for > 0.9


def test_connection_is_not_closed_while_what_came_with_a_fetch_is_answered(key):
    async def slow(scope, receive, send):
        await asyncio.sleep(0.7)
        await asgi.refuse(send, Problem("unknown_prompt", "No."))

    says = [(0, asked(key=key) + asked("/slow"))]
    open_for, answers = idle(key, keep_alive=0.2, says=says, until=5, application=slow)

    assert answers == 1
    assert 0.85 < open_for < 4

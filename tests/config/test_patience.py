"""R1: a page that waits for a silent database is answered, whatever becomes of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from config import patience

BODY = urlencode({"body": "Words that somebody typed", "next": "/x"}).encode()


@dataclass
class Memory:
    silent_for: float
    loaded: bool = True
    stale: bool = False


async def slow_page(scope: Any, receive: Any, send: Any) -> None:
    """Reads the form, waits longer than anybody should, answers."""
    await receive()
    await asyncio.sleep(0.3)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


def asked(memory: Memory, method: str = "POST", path: str = "/prompts/") -> tuple[int, str]:
    """What a browser gets that sends the form."""
    sent: list[dict[str, Any]] = []
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"",
             "headers": headers}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    async def whole() -> None:
        await patience.patiently(slow_page, memory, scope, receive, send)
        await asyncio.sleep(0.4)  # the page that nobody waits for ends meanwhile

    asyncio.run(whole())
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LIMIT", 0.1)
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.02)


def test_R1_slow_page_is_waited_for_while_the_database_speaks() -> None:
    assert asked(Memory(silent_for=0.0)) == (200, "the page")


def test_R1_page_that_waits_for_a_silent_database_is_answered_once() -> None:
    status, words = asked(Memory(silent_for=5.0))

    assert status == 503
    assert "Words that somebody typed</textarea>" in words
    assert "the page" not in words


def test_R1_page_is_not_begun_once_the_database_is_known_to_be_away() -> None:
    status, words = asked(Memory(silent_for=60.0, stale=True))

    assert (status, "Words that somebody typed" in words) == (503, True)


def test_R1_nothing_is_said_of_a_database_that_was_never_heard_of() -> None:
    """A server that has just begun knows nothing yet."""
    assert asked(Memory(silent_for=60.0, loaded=False, stale=True)) == (200, "the page")


def test_R1_styles_need_no_database() -> None:
    assert asked(Memory(silent_for=60.0, stale=True), "GET", "/static/galley.css")[0] == 200

"""The plain ASGI callable answers exactly as Django does, and leaves to Django what it cannot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from apps.delivery import asgi
from apps.delivery.process import REFRESHER, STORE
from apps.environments.keys import make_key
from tests.delivery.story import bearer
from tests.live import ROOT


@pytest.fixture
def memory(story, monkeypatch):
    """A memory that was read in this test's transaction; no thread reads beside it."""
    monkeypatch.setattr(REFRESHER, "start", lambda: None)
    story.both = story.key()
    STORE.refresh()
    return story


def call(path, key="", *, method="GET", query="", **headers) -> tuple[bool, list[dict[str, Any]]]:
    lines = {"authorization": f"Bearer {key}"} if key else {}
    scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode(),
        "client": ("10.1.1.1", 5), "headers": [
            (name.encode(), value.encode()) for name, value in {**lines, **headers}.items()
        ],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("nothing is read from a fetch")

    return asyncio.run(asgi.application(scope, receive, send)), sent


def headers_of(sent):
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize("query", ["", "model=local/small", "version=1", "unit=u1", "version=x"])
def test_fast_way_and_django_give_the_same_answer(client, memory, query):
    key = memory.both[1]

    handled, sent = call("/api/v1/prompts/desk/reply", key, query=query)
    slow = client.get(f"/api/v1/prompts/desk/reply?{query}", headers=bearer(key))

    assert handled
    assert (sent[0]["status"], sent[1]["body"]) == (slow.status_code, slow.content)
    fast = headers_of(sent)
    names = ("content-type", "etag", "cache-control", "galley-revision", "galley-stale")
    assert {n: fast.get(n) for n in names} == {n: slow.headers.get(n) for n in names}


def test_fast_way_answers_304(memory):
    key = memory.both[1]
    _, first = call("/api/v1/prompts/desk/reply", key)

    tag = {"if-none-match": headers_of(first)["etag"]}
    handled, sent = call("/api/v1/prompts/desk/reply", key, **tag)

    assert handled
    assert (sent[0]["status"], sent[1]["body"]) == (304, b"")
    assert "content-length" not in headers_of(sent)


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/v1/prompts/desk/unheard-of", "GET"),
        ("/api/v1/prompts/desk/reply", "HEAD"),
        ("/api/v1/prompts", "GET"),
        ("/api/v1/docs", "GET"),
    ],
)
def test_fast_way_leaves_the_rest_to_django(memory, path, method):
    handled, sent = call(path, memory.both[1], method=method)

    assert (handled, sent) == (False, [])


def test_fast_way_leaves_an_unknown_key_to_django_and_counts_it_not(memory):
    unknown = make_key("production", "read").text

    answers = [call("/api/v1/prompts/desk/reply", unknown)[0] for _ in range(20)]

    assert answers == [False] * 20


@pytest.mark.parametrize("path", ["/api/v1/prompts/desk/reply", "/api/v1/docs", "/api/v1/x"])
def test_t8_fast_way_strikes_a_key_out_of_the_address(memory, path):
    key = memory.both[1]
    scope = {"type": "http", "query_string": f"a=1&b={key}".encode()}

    struck = asgi._holds_key(scope)
    handled, sent = call(path, key, query=f"key={key}")

    assert struck
    assert scope["query_string"] == b""
    assert (handled, sent[0]["status"]) == (True, 400)
    assert key.encode() not in sent[1]["body"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 411), ({"content-length": "9" * 9}, 413), ({"content-length": "x"}, 413)],
)
def test_fast_way_refuses_a_body_by_what_it_announces(memory, headers, status):
    path = "/api/v1/prompts/desk/reply/render"

    handled, sent = call(path, memory.both[1], method="POST", **headers)
    small, _ = call(path, memory.both[1], method="POST", **{"content-length": "2"})

    assert (handled, sent[0]["status"]) == (True, status)
    assert not small


def test_fast_way_serves_from_memory_while_the_database_is_away(memory, django_db_blocker):
    key = memory.both[1]
    _, before = call("/api/v1/prompts/desk/reply", key)

    STORE._failing = True
    with django_db_blocker.block():
        handled, sent = call("/api/v1/prompts/desk/reply", key)

    assert handled
    assert sent[1]["body"] == before[1]["body"]
    assert headers_of(sent)["galley-stale"] == "true"
    assert "galley-stale" not in headers_of(before)


HEAVY = {"tiktoken", "numpy", "scipy", "openai", "anthropic", "chdb", "openpyxl", "opentelemetry"}


def test_a_process_that_serves_begins_without_what_single_pages_need():
    """A tokenizer (77 MB) and statistics (70 MB) are loaded by the first page that needs them."""
    code = (
        "import config.asgi, sys; from django.urls import reverse; reverse('pages:home');"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )

    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)

    loaded = set(said.stdout.decode().split())
    assert loaded & HEAVY == set()
    assert {"apps", "django"} <= loaded

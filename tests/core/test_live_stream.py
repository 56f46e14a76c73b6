"""`/live` on the real server: who hears what, and that nothing keeps a stopping server waiting."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from contextlib import contextmanager

import httpx
import psutil
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from apps.core import live_stream
from apps.core.live import touch
from apps.core.live_topics import audible
from tests.releases.world import make_world


@pytest.fixture
def desk(live):
    world = make_world()
    world.reply = world.prompt("reply")
    world.url = live.url
    return world


def cookie(person):
    client = Client()
    client.force_login(person)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@contextmanager
def listening(world, person, topics, age=None, **headers):
    """Lines of an open stream, once it answers; `age` in milliseconds."""
    asked = {"topics": topics} if age is None else {"topics": topics, "age": age}
    with (
        httpx.Client(base_url=world.url, cookies=cookie(person), timeout=10) as http,
        http.stream("GET", "/live", params=asked, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert [next(lines), next(lines), next(lines)] == ["retry: 3000", "id: 1", ""]
        yield lines


def tell(*topics):
    with transaction.atomic():
        for topic in topics:
            touch(*topic)


def events(lines, count):
    found = []
    while len(found) < count:
        line = next(lines)
        if line.startswith("data:"):
            found.append(json.loads(line.removeprefix("data:")))
    return found


def test_stream_tells_ids_of_the_topics_that_were_asked_for(desk):
    prompt, other = desk.reply.pk, desk.prompt("other").pk

    with listening(desk, desk["viewer"], f"prompt:{prompt},person:{desk['viewer'].pk}") as lines:
        tell(("prompt", other), ("person", desk["admin"].pk), ("prompt", prompt))
        tell(("person", desk["viewer"].pk))
        seen = events(lines, 2)

    assert seen == [
        {"topic": f"prompt:{prompt}", "id": str(prompt)},
        {"topic": f"person:{desk['viewer'].pk}", "id": str(desk["viewer"].pk)},
    ]


def test_stream_tells_which_part_changed(desk):
    topic = f"prompt:{desk.reply.pk}"

    with listening(desk, desk["viewer"], topic) as lines:
        tell(("prompt", desk.reply.pk, "b7:3"), ("prompt", desk.reply.pk))
        seen = events(lines, 2)

    whole = {"topic": topic, "id": str(desk.reply.pk)}
    assert seen == [{**whole, "part": "b7:3"}, whole]


def test_stream_that_was_broken_tells_every_topic_once(desk):
    topic = f"prompt:{desk.reply.pk}"

    with listening(desk, desk["viewer"], topic, **{"Last-Event-ID": "1"}) as lines:
        seen = events(lines, 1)

    assert seen == [{"topic": topic, "id": str(desk.reply.pk)}]


def test_page_from_before_the_server_heard_anything_looks_at_everything(desk):
    topic = f"prompt:{desk.reply.pk}"

    with listening(desk, desk["viewer"], topic, age=600_000) as lines:
        seen = events(lines, 1)

    assert seen == [{"topic": topic, "id": str(desk.reply.pk)}]


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (None, []),
        (1.0, []),
        (4.0, ["prompt:1 b9:2"]),
        (8.0, ["prompt:1 b7:1", "prompt:1 b9:2"]),
        (12.0, [""]),  # this process heard nothing before
        (61.0, [""]),  # nobody remembers
    ],
)
def test_stream_tells_first_what_happened_since_the_page_was_asked_for(monkeypatch, age, told):
    clock = [0.0]
    monkeypatch.setattr(live_stream.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(live_stream.LISTENER, "add", lambda heard: None)

    async def late():
        streams = live_stream.Streams()
        streams.hear()
        for at, payload in ((3, "prompt:1 b7:1"), (4, "prompt:3"), (7, "prompt:1 b9:2")):
            clock[0] = float(at)
            streams._heard(payload)
        clock[0] = 10.0
        stream = live_stream.Stream({"prompt:1"})
        streams.add(stream, age)
        return [stream.waiting.get_nowait() for _ in range(stream.waiting.qsize())]

    assert asyncio.run(late()) == told


def test_t10_stream_is_silent_about_what_a_person_may_not_see(db):
    desk = make_world()
    prompt = desk.prompt("reply")
    draft = prompt.drafts.get().pk
    topics = {f"prompt:{prompt.pk}", f"draft:{draft}", f"person:{desk['viewer'].pk}"}
    own = f"person:{desk['outsider'].pk}"

    heard = {
        name: audible(desk[name], topics | {own, "prompt:999999", "prompt:x", "unheard:1"})
        for name in ("viewer", "outsider")
    }

    assert heard == {"viewer": topics, "outsider": {own}}


def test_stream_needs_topics_and_a_session(live):
    questions = {
        "": 400,
        "prompt": 400,
        "prompt:1;draft:2": 400,
        ",".join(f"prompt:{number}" for number in range(21)): 400,
        ",".join(f"prompt:{number}" for number in range(20)): 401,
    }

    found = {
        topics: httpx.get(f"{live.url}/live", params={"topics": topics}).status_code
        for topics in questions
    }

    assert found == questions


def test_streams_share_one_listening_connection(desk):
    from django.db import connection

    topic = f"prompt:{desk.reply.pk}"
    with (
        listening(desk, desk["viewer"], topic),
        listening(desk, desk["author"], topic),
        listening(desk, desk["admin"], topic),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE application_name = 'galley listener' AND datname = current_database()"
        )
        count = cursor.fetchone()[0]

    assert count == 1


def test_stop_of_the_server_ends_open_streams_at_once(desk, live):
    with listening(desk, desk["viewer"], f"prompt:{desk.reply.pk}") as lines:
        start = time.monotonic()
        os.kill(live.pid, signal.SIGTERM)
        for _ in lines:
            pass
        ended = time.monotonic() - start
        psutil.Process(live.pid).wait(5)

    assert ended < 2  # the server itself would wait two seconds, then break them off

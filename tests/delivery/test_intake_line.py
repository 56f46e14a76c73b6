"""The real server while more comes back than can be written down: fetches never wait for it."""

from __future__ import annotations

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from django.db import connections, transaction

from apps.delivery.models import LogEvent
from apps.delivery.problems import MAX_BODY
from apps.delivery.shedding import MOST_CALLS
from tests.delivery.story import bearer, make_story
from tests.delivery.test_logs import event

LOGS = "/api/v1/logs"


@pytest.fixture
def shop(live):
    _, key = make_story().key()
    with httpx.Client(base_url=live.url, headers=bearer(key), timeout=60) as http:
        http.get("/api/v1/prompts/desk/reply").raise_for_status()
        yield http


def test_fetches_are_answered_while_the_intake_stands_and_what_was_taken_is_there(shop):
    calls = MOST_CALLS + 16

    def send(number):
        return shop.post(LOGS, json={"events": [event(id=f"n-{number}")]})

    with ThreadPoolExecutor(calls) as pool:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("LOCK TABLE delivery_logevent IN ACCESS EXCLUSIVE MODE")
            work = [pool.submit(send, number) for number in range(calls)]
            refused = [one.result() for one in _first(work, 16)]
            fetched = shop.get("/api/v1/prompts/desk/reply")
        answers = [one.result() for one in work]

    assert fetched.status_code == 200
    assert {answer.status_code for answer in refused} == {429}
    assert refused[0].json()["code"] == "busy"
    assert int(refused[0].headers["Retry-After"]) in (1, 2, 3)
    taken = {n for n, answer in enumerate(answers) if answer.status_code == 202}
    assert (len(taken), calls - len(taken)) == (MOST_CALLS, 16)
    kept = set(LogEvent.objects.values_list("ident", flat=True))
    assert kept == {f"n-{number}" for number in taken}
    assert send(0).status_code == 202


def _first(work, count):
    """Those that are done before the others can be."""
    done, ready = [], threading.Event()

    def note(one):
        done.append(one)
        if len(done) >= count:
            ready.set()

    for one in work:
        one.add_done_callback(note)
    assert ready.wait(60)
    return done[:count]


def test_fifty_megabytes_are_refused_by_what_they_announce(shop):
    """Before anything of it is read: the body is never sent."""
    place = urlsplit(str(shop.base_url))
    head = (
        f"POST {LOGS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {shop.headers['authorization']}"
        f"\r\nContent-Length: {50 * 1024 * 1024}\r\n\r\n"
    )
    with socket.create_connection((place.hostname, place.port), timeout=30) as line:
        line.sendall(head.encode())
        said = line.recv(65536).decode()

    assert said.startswith("HTTP/1.1 413")
    assert "application/problem+json" in said
    just = json.dumps({"events": [event()]}).encode()
    fitting = shop.post(LOGS, content=just + b" " * (MAX_BODY - len(just)))
    assert fitting.json() == {"accepted": 1, "duplicates": 0, "rejected": []}

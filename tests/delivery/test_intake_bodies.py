"""What may come in one body: packed, too large, asked twice, too much at once."""

from __future__ import annotations

import gzip
import json
import random
import zlib

import pytest

from apps.delivery.intake.bodies import unpacked
from apps.delivery.models import LogEvent
from apps.delivery.problems import MAX_BODY, Problem
from apps.delivery.shedding import Line
from tests.delivery.story import bearer
from tests.delivery.test_logs import ADDRESS, event


def post(client, key, data, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(ADDRESS, data, "application/json", headers={**bearer(key), **headers})


def body(*idents):
    return json.dumps({"events": [event(id=ident) for ident in idents]}).encode()


def test_packed_body_is_read(client, story):
    _, key = story.key()

    whole = post(client, key, gzip.compress(body("a")), content_encoding="gzip")
    pieces = gzip.compress(body("b")[:50]) + gzip.compress(body("b")[50:])
    several = post(client, key, pieces, content_encoding="GZIP")

    assert [one.json()["accepted"] for one in (whole, several)] == [1, 1]


@pytest.mark.parametrize(
    ("data", "encoding", "status", "code"),
    [
        (gzip.compress(b" " * 60_000_000, 9), "gzip", 413, "body_too_large"),
        (gzip.compress(gzip.compress(b" " * 60_000_000, 9)), "gzip", 400, "bad_body"),
        (b" " * 50_000_000, "", 413, "body_too_large"),
        (b"no gzip", "gzip", 400, "bad_body"),
        (gzip.compress(body("a"))[:-9], "gzip", 400, "bad_body"),
        (body("a"), "br", 415, "unknown_encoding"),
        (zlib.compress(body("a")), "deflate", 415, "unknown_encoding"),
        (b'{"events": [', "", 400, "bad_body"),
        (b"[" * 100_000, "", 400, "bad_body"),
        (b"\xff\xfe", "", 400, "bad_body"),
    ],
)
def test_body_that_cannot_be_read_is_refused_whole(client, story, data, encoding, status, code):
    _, key = story.key()

    answer = post(client, key, data, **({"content_encoding": encoding} if encoding else {}))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]
    assert post(client, key, body("a")).json()["accepted"] == 1


def test_many_small_members_are_no_way_around_the_limit():
    member = gzip.compress(b" " * 100_000)

    with pytest.raises(Problem) as refused:
        unpacked(member * (MAX_BODY // 100_000 + 1), "gzip")

    assert refused.value.code == "body_too_large"
    assert len(unpacked(member * 3, "gzip")) == 300_000


def test_call_with_a_token_is_answered_once(client, story):
    _, key = story.key()

    same = body("a")
    first, again = (post(client, key, same, idempotency_key="t1") for _ in range(2))
    other = post(client, key, body("b"), idempotency_key="t1")
    unmarked = post(client, key, same)

    assert (first.json(), first.status_code) == (again.json(), again.status_code)
    assert first.json()["accepted"] == 1
    assert (other.status_code, other.json()["code"]) == (422, "other_call")
    assert unmarked.json()["duplicates"] == 1


def test_what_is_too_much_at_once_is_sent_away():
    line = Line(calls=2, size=100)

    with line.enter(40), line.enter(40), pytest.raises(Problem) as third, line.enter(1):
        pass
    with line.enter(90), pytest.raises(Problem) as large, line.enter(20):
        pass

    for refused in (third.value, large.value):
        assert (refused.status, refused.code) == (429, "busy")
        assert 1 <= int(refused.all_headers()["Retry-After"]) <= 3
    assert (line.calls, line.bytes, line.refused) == (0, 0, 2)


def test_any_bytes_get_an_answer(client, story):
    _, key = story.key()
    dice = random.Random(6)
    good = body("a", "b")

    for _ in range(20):
        spot = dice.randrange(len(good))
        data = good[:spot] + bytes([dice.randrange(256)]) + good[spot + dice.randrange(3) :]
        assert post(client, key, data).status_code in (202, 400)

    assert LogEvent.objects.exclude(prompt=story.prompt).count() == 0

"""Odd words in every form, as each of the seven people: whatever is sent, nothing breaks."""

from __future__ import annotations

import os
import random
import traceback

import pytest
from django.db import DataError
from django.urls import reverse

from apps.core import middleware
from tests.fuzzed import told
from tests.permissions.routes import ROUTES, who_may
from tests.permissions.world import PEOPLE
from tests.undone import undone

ROUNDS = int(os.environ.get("GALLEY_FUZZ_ROUNDS", "6"))  # of each form
ODD = (
    "", " ", "²", "٣", "-1", "0", "1e400", "9" * 400, "a\x00b", "x" * 5000, "🙂" * 40, "{{a}}",
    "{{{{", "../../etc/passwd", "null", "[]", '{"a": [1]}', "true", "2026-13-45T99:99", "<b>&",
    "\u202eabc", "a\r\nb", "None", "%s%n", "'; --",
)  # fmt: skip
ALONE = ODD if ROUNDS > 100 else ("a\x00b", "0")  # each as the only odd word of a form
WRITES = [route for route in ROUTES if route.method == "POST"]


def odd(given, chance):
    """Some fields as they should be, the others odd; a list may become a word, and none at all."""
    data = {}
    for name, value in given.items():
        turn = chance.random()
        if turn < 0.5:
            data[name] = chance.choice(ODD)
        elif turn < 0.9:
            data[name] = value
    return data | {chance.choice(ODD).strip() or "more": chance.choice(ODD)}


def answered(browser, address, data, headers=None):
    """The status of a write. The client raises what a page would answer with 500: that is shown."""
    try:
        return browser.post(address, data, headers=headers or {}).status_code
    except Exception:
        traceback.print_exc()
        return 500


@pytest.mark.django_db
def test_no_form_breaks_whatever_is_sent(world, browsers):
    chance, broken, sent = random.Random(20_250_101), {}, 0

    for _round in range(ROUNDS):
        for route in WRITES:
            name = chance.choice(PEOPLE)
            with undone():
                address = reverse(route.name, args=route.args(world))
                data = odd(route.data(world), chance)
                headers = {"HX-Request": "true"} if chance.random() < 0.5 else {}
                status = answered(browsers[name], address, data, headers)
            sent += 1
            if status >= 500:
                broken.setdefault(f"{route.key} as {name}", data)

    told(sent)
    assert sent == ROUNDS * len(WRITES)
    assert broken == {}


def with_one_odd(route, world):
    """What a form takes, with one of its words odd."""
    given = route.data(world)
    for name, value in given.items():
        if isinstance(value, str | int):
            yield from (given | {name: odd} for odd in ALONE)


@pytest.mark.django_db
def test_no_form_breaks_on_one_odd_field_among_good_ones(world, browsers):
    """By somebody who may: what comes with many odd ones is refused for the first of them."""
    answers, sent = {}, 0

    for route in WRITES:
        for name in who_may(route)[:1]:
            with undone():
                address = reverse(route.name, args=route.args(world))
                for data in with_one_odd(route, world):
                    with undone():
                        status = answered(browsers[name], address, data)
                    sent += 1
                    answers.setdefault(route.key, {}).setdefault(status, data)

    told(sent)
    assert len(answers) > 100
    assert {key: found for key, found in answers.items() if max(found) >= 500} == {}


@pytest.mark.django_db
def test_a_nul_that_no_form_caught_is_refused_in_words(browsers, world, monkeypatch):
    address, data = reverse("notifications:follow_path"), {"path": "a\x00b", "level": "watch"}

    with undone():
        answer = browsers["author"].post(address, data)

    assert answer.status_code == 422
    assert "take that character out of the text" in answer.content.decode()
    monkeypatch.setattr(middleware, "_has_nul", lambda sent: False)
    with undone(), pytest.raises(DataError):
        browsers["author"].post(address, data)


def test_odd_data_is_odd():
    chance = random.Random(1)

    found = [odd({"a": "good", "b": "good"}, chance) for _ in range(200)]

    assert {data.get("a") == "good" for data in found} == {True, False}
    assert any("a" not in data for data in found)

"""Odd words in every form, as each of the seven people: whatever is sent, nothing breaks."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from django.db import DataError
from django.urls import reverse

from apps.core import middleware
from tests.permissions.routes import ROUTES
from tests.permissions.world import PEOPLE
from tests.undone import undone

ROUNDS = int(os.environ.get("GALLEY_FUZZ_ROUNDS", "6"))  # of each form
ODD = (
    "", " ", "²", "٣", "-1", "0", "1e400", "9" * 400, "a\x00b", "x" * 5000, "🙂" * 40, "{{a}}",
    "{{{{", "../../etc/passwd", "null", "[]", '{"a": [1]}', "true", "2026-13-45T99:99", "<b>&",
    "\u202eabc", "a\r\nb", "None", "%s%n", "'; --",
)  # fmt: skip
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
                try:
                    status = browsers[name].post(address, data, headers=headers).status_code
                except Exception as error:  # the client raises what a page would answer with 500
                    status = f"{type(error).__name__}: {error}"[:200]
            sent += 1
            if not isinstance(status, int) or status >= 500:
                broken[f"{route.key} as {name}"] = (status, data)

    if counted := os.environ.get("GALLEY_FUZZ_COUNT"):
        with Path(counted).open("a") as file:
            file.write(f"{sent}\n")
    assert sent == ROUNDS * len(WRITES)
    assert broken == {}


def with_a_nul(world):
    """(route, its fields with a NUL in one of those that take words): each write, each field."""
    for route in WRITES:
        given = route.data(world)
        for name, value in given.items():
            if isinstance(value, str):
                yield route, given | {name: f"{value}\x00"}


@pytest.mark.django_db
def test_a_nul_in_any_field_is_answered(world, browsers):
    answers = {}

    for route, data in with_a_nul(world):
        with undone():
            address = reverse(route.name, args=route.args(world))
            answer = browsers["admin"].post(address, data)
        answers.setdefault(route.key, set()).add(answer.status_code)

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

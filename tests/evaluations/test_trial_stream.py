"""The stream of a trial on the real server: what comes, what closing it does, whom it refuses."""

from __future__ import annotations

import json
import time

import httpx
import pytest
from django.conf import settings
from django.test import Client

from apps.evaluations.actions import start_trial
from apps.evaluations.trial_columns import TrialColumn
from apps.llm.actions import ModelTerms, Terms, make_connection, make_model
from apps.prompts.actions import save_block
from tests.llm.provider import running
from tests.prompts.conftest import BACKEND, make_house

DEMO = TrialColumn("draft", "galley/demo")


@pytest.fixture
def house(live):
    made = make_house()
    made.url = live.url
    block = made.blocks[0]
    save_block(block, revision=block.revision, body="Say hello to Mr Ōno.", actor=made.ana)
    return made


def begun(house, *columns):
    return start_trial(house.prompt, columns=columns, values={}, actor=house.ana)


def browser(house, person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    cookie = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    return httpx.Client(base_url=house.url, cookies=cookie, timeout=20)


def headers(house, **other):
    return {"Origin": house.url, "X-Galley-Stream": "1", **other}


def ask(house, person, trial, **other):
    with browser(house, person) as http:
        return http.post(f"/playground/stream/{trial.pk}", headers=headers(house, **other))


def until_ended(trial):
    end = time.monotonic() + 15
    while trial.answers.filter(state="asked").exists():
        assert time.monotonic() < end, "an answer never ended"
        time.sleep(0.02)


def test_all_columns_come_in_one_response_and_are_kept(house):
    trial = begun(house, DEMO, DEMO)

    came = [json.loads(line) for line in ask(house, house.ana, trial).iter_lines() if line]

    kept = {answer.position: answer for answer in trial.answers.all()}
    for column in (0, 1):
        own = [said for said in came if said["column"] == column]
        assert own[-1] == {"column": column, "end": True}
        assert "".join(said["text"] for said in own[:-1]) == kept[column].answer
        assert len(own) > 2
    assert {answer.state for answer in kept.values()} == {"done"}


def test_closing_the_response_stops_and_keeps_what_came(house):
    with running(latency=30) as provider, browser(house, house.ana) as http:
        terms = Terms("Slow", "openai", provider.url, allow_private=True)
        line = make_connection(terms, secret="sk-test", actor=house.admin)
        make_model(line, terms=ModelTerms("test/slow", "test-model-1"), actor=house.admin)
        trial = begun(house, DEMO, TrialColumn("draft", "test/slow"))

        address = f"/playground/stream/{trial.pk}"
        with http.stream("POST", address, headers=headers(house)) as answer:
            for line in answer.iter_lines():
                if line == '{"column": 0, "end": true}':
                    break
        until_ended(trial)

    assert [one.state for one in trial.answers.all()] == ["done", "stopped"]


def test_who_may_not_ask_is_told_so_and_nothing_is_claimed(house):
    trial = begun(house, DEMO)
    with httpx.Client(base_url=house.url) as nobody:
        address = f"/playground/stream/{trial.pk}"
        refused = [
            ask(house, house.ana, trial, Origin="https://evil.example").status_code,
            ask(house, house.ana, trial, Origin="").status_code,
            ask(house, house.ana, trial, **{"X-Galley-Stream": ""}).status_code,
            ask(house, house.ana, trial, **{"Sec-Fetch-Site": "cross-site"}).status_code,
            nobody.get(address).status_code,
            nobody.post(address, headers=headers(house)).status_code,
            ask(house, house.outsider, trial).status_code,
            ask(house, house.viewer, trial).status_code,
            ask(house, house.ben, trial).status_code,
        ]

    assert refused == [403, 403, 403, 403, 405, 401, 404, 403, 403]
    assert trial.answers.get().state == "waiting"
    assert ask(house, house.ana, trial).status_code == 200
    assert trial.answers.get().state == "done"

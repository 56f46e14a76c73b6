"""What is answered while a release runs by steps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from apps.releases.actions import step_rollout
from apps.releases.assignment import arm_for
from apps.releases.queries import live_release
from tests.delivery.story import Story, bearer

ADDRESS = "/api/v1/prompts/desk/reply"
UNITS = [f"user-{n}" for n in range(40)]


@pytest.fixture
def running(story: Story) -> Story:
    """v2 gets half of production; v1 the rest."""
    version = story.version("Write for {{shop}}, better.")
    story.world.approved(story.prompt, version, "production")
    story.world.release(story.prompt, version, "production", share=50)
    return story


def ask(client: Client, key: str, **query: str) -> Any:
    return client.get(ADDRESS, query, headers=bearer(key))


def test_each_unit_gets_its_arm_and_the_answer_says_which(client: Client, running: Story) -> None:
    _, key = running.key()
    live = live_release(running.prompt, running.world.places["production"])

    answers = {unit: ask(client, key, unit=unit).json() for unit in UNITS}

    expected = {unit: arm_for(live.split, unit) for unit in UNITS}
    assert {u: (a["split"]["arm"], a["version"]) for u, a in answers.items()} == {
        unit: (arm["arm"], arm["version"]) for unit, arm in expected.items()
    }
    assert {a["version"]: a["messages"][0]["content"] for a in answers.values()} == {
        1: "You write for {{shop}}.",
        2: "Write for {{shop}}, better.",
    }
    assert {a["revision"] for a in answers.values()} == {2}


def test_a_call_without_a_unit_gets_what_was_live_before(client: Client, running: Story) -> None:
    _, key = running.key()

    answer = ask(client, key).json()

    assert (answer["version"], answer["content_hash"]) == (1, running.versions[0].content_hash)
    assert answer["split"]["arm"] is None
    assert [arm["weight"] for arm in answer["split"]["arms"]] == [50, 50]


def test_the_arm_is_part_of_the_etag(client: Client, running: Story) -> None:
    _, key = running.key()
    tags = {ask(client, key, unit=unit)["ETag"] for unit in UNITS} | {ask(client, key)["ETag"]}

    assert len(tags) == 3
    one = ask(client, key, unit=UNITS[0])["ETag"]
    again = client.get(ADDRESS, {"unit": UNITS[0]}, headers={**bearer(key), "If-None-Match": one})
    assert again.status_code == 304


def test_render_uses_the_arm_of_the_unit(client: Client, running: Story) -> None:
    _, key = running.key()
    live = live_release(running.prompt, running.world.places["production"])
    unit = next(unit for unit in UNITS if arm_for(live.split, unit)["arm"] == "b")
    body = json.dumps({"variables": {"message": "Hi"}})

    done = [
        client.post(
            f"{ADDRESS}/render{query}", body, content_type="application/json", headers=bearer(key)
        ).json()
        for query in (f"?unit={unit}", "")
    ]

    assert [(a["version"], a["split"]["arm"]) for a in done] == [(2, "b"), (1, None)]
    assert done[0]["messages"][0]["content"] == "Write for the shop, better."


def test_a_version_by_its_number_is_that_version_whole(client: Client, running: Story) -> None:
    _, key = running.key()

    answers = [ask(client, key, version=number).json() for number in ("1", "2")]

    assert [(a["version"], a["split"]) for a in answers] == [(1, None), (2, None)]


def test_the_last_step_serves_everybody(client: Client, running: Story) -> None:
    _, key = running.key()
    place = running.world.places["production"]
    assert {ask(client, key, unit=unit).json()["version"] for unit in UNITS} == {1, 2}
    live = live_release(running.prompt, place)

    step_rollout(
        running.prompt, environment=place, share=100, expects=live.pk,
        actor=running.world["releaser"],
    )  # fmt: skip

    answers = [ask(client, key, unit=unit).json() for unit in UNITS]
    assert {(a["version"], a["revision"], a["split"] is None) for a in answers} == {(2, 3, True)}


def test_a_unit_that_is_too_long_is_refused(client: Client, running: Story) -> None:
    _, key = running.key()

    assert ask(client, key, unit="x" * 256).status_code == 200
    refused = ask(client, key, unit="x" * 257)

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_parameter")

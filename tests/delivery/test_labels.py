"""?label=: what a label names, from memory, as soon as it moves."""

from __future__ import annotations

import json

import pytest

from apps.environments.queries import live_release
from apps.releases.actions import move_label, remove_label
from tests.delivery.story import bearer

ADDRESS = "/api/v1/prompts/desk/reply"


@pytest.fixture
def told(story):
    """v1 and v2 went live; `stable` is on v1."""
    story.world.put_live(story.prompt, story.version("Second."), "production")
    put(story, 1)
    return story


def put(story, number, name="stable", expects=None):
    return move_label(
        story.prompt, environment=story.world.places["production"], name=name,
        version=story.versions[number - 1], expects=expects, actor=story.world["releaser"],
    )  # fmt: skip


def ask(client, key, question="?label=stable", **headers):
    return client.get(f"{ADDRESS}{question}", headers={**bearer(key), **headers})


def test_label_answers_its_version_beside_what_is_live(client, told):
    _, key = told.key()

    labelled, live = ask(client, key), ask(client, key, "")

    assert [labelled.json()[name] for name in ("version", "revision")] == [1, 1]
    assert [live.json()[name] for name in ("version", "revision")] == [2, 2]
    assert labelled["Galley-Revision"] == "1"
    assert labelled["ETag"] != live["ETag"]


def test_label_is_followed_at_once_and_has_another_etag(client, told, django_assert_num_queries):
    _, key = told.key()
    first = ask(client, key)
    put(told, 2, expects=live_release_of(told, 1))

    second = ask(client, key, **{"If-None-Match": first["ETag"]})
    again = ask(client, key, **{"If-None-Match": second["ETag"]})

    assert (second.status_code, second.json()["version"]) == (200, 2)
    assert second["ETag"] != first["ETag"]
    assert again.status_code == 304


def live_release_of(told, number):
    rows = told.prompt.releases.filter(environment__name="production", version__number=number)
    return rows.get().pk


def test_label_stays_when_something_else_goes_live(client, told):
    _, key = told.key()
    told.world.put_live(told.prompt, told.version("Third."), "production")

    assert ask(client, key).json()["version"] == 1
    assert live_release(told.prompt, told.world.places["production"]).version.number == 3


def test_label_that_is_not_there_is_404_with_those_that_are(client, told):
    _, key = told.key()
    put(told, 2, name="campaign-x")

    missing = ask(client, key, "?label=stabel")
    remove_label(
        told.prompt, environment=told.world.places["production"], name="stable",
        expects=live_release_of(told, 1), reason="Gone", actor=told.world["releaser"],
    )  # fmt: skip
    removed = ask(client, key)

    assert (missing.status_code, removed.status_code) == (404, 404)
    assert json.loads(missing.content)["errors"][0]["names"] == ["campaign-x", "stable"]
    assert json.loads(removed.content)["errors"][0]["names"] == ["campaign-x"]
    assert json.loads(removed.content)["code"] == "unknown_label"


def test_label_of_one_environment_is_not_there_in_another(client, told):
    _, key = told.key("staging")

    assert ask(client, key).status_code == 404


def test_label_is_rendered_too(client, told):
    _, key = told.key()

    answer = client.post(
        f"{ADDRESS}/render?label=stable", {"variables": {"message": "Hi"}},
        content_type="application/json", headers=bearer(key),
    )  # fmt: skip

    assert (answer.status_code, answer.json()["version"]) == (200, 1)

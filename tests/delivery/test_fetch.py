"""GET /api/v1/prompts/{path} through Django: what is answered, and to whom."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.environments.actions import revoke_key
from apps.releases.actions import roll_back
from apps.releases.queries import live_release
from tests.delivery.story import bearer, make_prompt

ADDRESS = "/api/v1/prompts/desk/reply"


def ask(client, key, address=ADDRESS, **headers):
    return client.get(address, headers={**bearer(key), **headers})


def code(response):
    assert response["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert document["status"] == response.status_code
    assert document["type"] == f"/api/v1/docs#{document['code']}"
    return response.status_code, document["code"]


def names(response):
    return json.loads(response.content)["errors"][0].get("names", [])


def test_fetch_answers_what_is_live(client, story):
    _, key = story.key()

    response = ask(client, key)

    answer = response.json()
    released_at = live_release(story.prompt, story.world.places["production"]).made_at
    assert answer.pop("variables")[0]["name"] == "shop"
    assert answer.pop("signature").split(":")[0] == "ed25519"
    assert answer == {
        "prompt": "desk/reply",
        "version": 1,
        "environment": "production",
        "revision": 1,
        "content_hash": story.versions[0].content_hash,
        "released_at": released_at.isoformat().replace("+00:00", "Z"),
        "messages": [
            {"role": "system", "content": "You write for {{shop}}."},
            {"role": "user", "content": "{{message}}"},
        ],
        "model": {"id": "openai/gpt-5", "parameters": {"temperature": 0.2}},
        "output": {"format": "text", "json_schema": None},
        "tools": [],
        "split": None,
        "deprecated": None,
    }
    assert response["Cache-Control"] == "private"
    assert response["Galley-Revision"] == "1"
    assert "Galley-Stale" not in response.headers
    assert response["Vary"].split(", ")[0] == "Authorization"


def test_fetch_with_the_etag_is_304_until_something_goes_live(client, story):
    _, key = story.key()
    etag = ask(client, key)["ETag"]
    same = ask(client, key, **{"If-None-Match": f'"x", W/{etag}'})
    second = story.version("Say it shorter.")
    story.world.put_live(story.prompt, second, "production")

    changed = ask(client, key, **{"If-None-Match": etag})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert changed.status_code == 200
    assert changed.json()["version"] == 2
    assert changed["ETag"] != etag


def test_fetch_after_a_roll_back_is_the_old_text_with_a_higher_revision(client, story):
    world = story.world
    _, key = story.key()
    before = ask(client, key).json()
    world.put_live(story.prompt, story.version("Say it shorter."), "production")
    live = live_release(story.prompt, world.places["production"])
    roll_back(
        story.prompt, environment=world.places["production"], version=story.versions[0],
        expects=live.pk, reason="The new one is too short", actor=world["releaser"],
    )  # fmt: skip

    after = ask(client, key).json()

    assert (before["version"], before["revision"]) == (1, 1)
    assert (after["version"], after["revision"]) == (1, 3)
    assert after["messages"] == before["messages"]


@pytest.mark.parametrize(
    ("model", "text"),
    [
        ("openai/gpt-5", "You write for {{shop}}."),
        ("local/small", "Write for {{shop}}, briefly."),
    ],
)
def test_fetch_names_the_model(client, story, model, text):
    _, key = story.key()

    answer = ask(client, key, f"{ADDRESS}?model={model}").json()

    assert answer["model"]["id"] == model
    assert answer["messages"][0]["content"] == text


def test_fetch_of_an_unknown_model_names_the_known(client, story):
    _, key = story.key()

    response = ask(client, key, f"{ADDRESS}?model=gpt-9")

    assert code(response) == (404, "unknown_model")
    assert names(response) == ["openai/gpt-5", "local/small"]


def test_fetch_by_version_answers_only_what_was_released_there(client, story):
    world = story.world
    second, third = story.version("Second."), story.version("Third.")
    world.put_live(story.prompt, second, "production")
    _, key = story.key()

    first = ask(client, key, f"{ADDRESS}?version=1").json()
    live = ask(client, key, f"{ADDRESS}?version=2")
    refused = ask(client, key, f"{ADDRESS}?version={third.number}")

    assert (first["version"], first["revision"]) == (1, 1)
    assert live.content == ask(client, key).content
    assert code(refused) == (404, "unknown_version")
    assert names(refused) == ["2", "1"]


def test_fetch_by_version_of_a_development_key_answers_any(client, story):
    story.version("Second.")
    _, key = story.key("development")

    never = ask(client, key, f"{ADDRESS}?version=2")
    missing = ask(client, key, f"{ADDRESS}?version=3")

    assert (never.json()["version"], never.json()["revision"]) == (2, None)
    assert "Galley-Revision" not in never.headers
    assert code(missing) == (404, "unknown_version")
    assert names(missing) == ["2", "1"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("environment=production", (200, None)),
        ("unit=user-7", (200, None)),
        ("environment=staging", (404, "unknown_environment")),
        ("environment=nowhere", (404, "unknown_environment")),
        ("label=latest", (404, "unknown_label")),
        ("verson=1", (400, "unknown_parameter")),
        ("version=x", (400, "bad_parameter")),
    ],
)
def test_fetch_reads_its_parameters(client, story, question, expected):
    _, key = story.key()

    response = ask(client, key, f"{ADDRESS}?{question}")

    found = (200, None) if response.status_code == 200 else code(response)
    assert found == expected


def test_fetch_of_what_is_not_live_in_the_environment(client, story):
    _, key = story.key("development")

    assert code(ask(client, key)) == (404, "nothing_live")


def test_fetch_of_a_wrong_path_names_the_near_ones(client, story):
    _, key = story.key()

    response = ask(client, key, "/api/v1/prompts/desk/replay")

    assert code(response) == (404, "unknown_prompt")
    assert names(response) == ["desk/reply"]


def test_t11_fetch_out_of_scope_is_like_a_prompt_that_does_not_exist(client, story):
    _, key = story.key()

    there = ask(client, key, "/api/v1/prompts/other/secret")
    missing = ask(client, key, "/api/v1/prompts/other/sacred")

    assert code(there) == code(missing) == (404, "unknown_prompt")
    assert there.content.replace(b"secret", b"sacred") == missing.content
    assert dict(there.headers) == dict(missing.headers)


def test_t9_fetch_reaches_the_namespaces_and_the_environment_of_the_key_alone(client, story):
    world = story.world
    nested = world.prompt("nested")
    world.put_live(nested, world.version(nested, "Nested."), "staging")
    prompts = ("desk/reply", "desk/nested", "other/secret")
    keys = {
        (name, place): story.key(name, namespace=space)[1]
        for name in ("development", "staging", "production")
        for place, space in (("desk", world.desk), ("other", story.other))
    }

    seen = {
        scope: [p for p in prompts if ask(client, key, f"/api/v1/prompts/{p}").status_code == 200]
        for scope, key in keys.items()
    }

    assert seen == {
        ("development", "desk"): [],
        ("development", "other"): [],
        ("staging", "desk"): ["desk/reply", "desk/nested"],
        ("staging", "other"): ["other/secret"],
        ("production", "desk"): ["desk/reply"],
        ("production", "other"): ["other/secret"],
    }


def test_fetch_with_a_key_of_a_namespace_above_reaches_down(client, story):
    from apps.teams.queries import root_namespace

    _, key = story.key(namespace=root_namespace())

    assert ask(client, key).status_code == 200
    assert ask(client, key, "/api/v1/prompts/other/secret").status_code == 200


def test_fetch_without_a_usable_key_is_401_and_says_why(client, story):
    row, revoked = story.key()
    _, other = story.key()
    old, expired = story.key()
    revoke_key(row, reason="Was in a log", actor=story.world.admin)
    old.expires_at = timezone.now() - timedelta(minutes=1)
    old.save()

    answers = {
        "none": client.get(ADDRESS),
        "basic": client.get(ADDRESS, headers={"Authorization": "Basic YTpi"}),
        "garbage": ask(client, "gly_garbage"),
        "mistyped": ask(client, other[:-1] + ("A" if other[-1] != "A" else "B")),
        "environment": ask(client, other.replace("production", "staging")),
        "revoked": ask(client, revoked),
        "expired": ask(client, expired),
        "right": ask(client, other),
    }

    assert answers.pop("right").status_code == 200
    assert {name: code(response) for name, response in answers.items()} == {
        "none": (401, "missing_key"),
        "basic": (401, "missing_key"),
        "garbage": (401, "wrong_key"),
        "mistyped": (401, "wrong_key"),
        "environment": (401, "wrong_key"),
        "revoked": (401, "revoked_key"),
        "expired": (401, "expired_key"),
    }
    assert answers["none"]["WWW-Authenticate"] == 'Bearer realm="Galley"'


def test_fetch_takes_no_session_for_a_key(client, story):
    client.force_login(story.world.admin)

    assert code(client.get(ADDRESS)) == (401, "missing_key")


def test_t8_fetch_with_a_key_in_the_address_is_refused(client, story):
    _, key = story.key()

    response = ask(client, key, f"{ADDRESS}?token={key}")

    assert code(response) == (400, "key_in_address")
    assert key.encode() not in response.content


def test_t8_wrong_keys_are_counted_and_right_ones_are_not_held_up(client, story):
    from apps.environments.keys import make_key

    _, key = story.key()
    ask(client, key)

    wrong = [ask(client, make_key("production", "read").text) for _ in range(15)]

    assert [r.status_code for r in wrong] == [401] * 10 + [429] * 5
    assert int(wrong[-1]["Retry-After"]) in range(50, 61)
    assert ask(client, key).status_code == 200


def test_fetch_notes_the_last_use_of_a_key_to_the_minute(client, story):
    row, key = story.key()
    before = row.last_used_at

    ask(client, key)

    row.refresh_from_db()
    assert before is None
    assert (row.last_used_at.second, row.last_used_at.microsecond) == (0, 0)
    assert timezone.now() - row.last_used_at < timedelta(minutes=2)


def test_fetch_of_a_prompt_called_render(client, story):
    world = story.world
    prompt = make_prompt(world, world.desk, "render")
    from apps.prompts.actions import make_version
    from apps.prompts.queries import draft_of

    version = make_version(draft_of(prompt), reason="First", actor=world["author"])
    world.put_live(prompt, version, "production")
    _, key = story.key()

    assert ask(client, key, "/api/v1/prompts/desk/render").json()["prompt"] == "desk/render"

"""The bundle: everything that a key may fetch, signed one by one and as a whole."""

from __future__ import annotations

import json

import pytest

from apps.core.signatures import canonical
from apps.delivery import bundle
from apps.delivery.process import REFRESHER, STORE
from apps.delivery.signing import RING
from tests.delivery.story import bearer
from tests.delivery.test_fast_way import call, headers_of

PATH = "/api/v1/bundle"


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    bundle._kept.clear()
    monkeypatch.setattr(REFRESHER, "start", lambda: None)


def fits(document):
    rest = {name: value for name, value in document.items() if name != "signature"}
    return RING.verify(document["signature"], canonical(rest))


def test_bundle_holds_what_the_key_may_fetch_and_nothing_else(client, story):
    _, key = story.key()
    answer = client.get(PATH, headers=bearer(key))
    single = client.get("/api/v1/prompts/desk/reply", headers=bearer(key)).json()
    small = client.get("/api/v1/prompts/desk/reply?model=local/small", headers=bearer(key)).json()

    document = answer.json()

    assert list(document) == ["environment", "made_at", "prompts", "sequence", "signature"]
    assert document["prompts"] == [single, small]
    assert (document["environment"], document["sequence"]) == ("production", STORE.seq)
    assert fits(document)
    assert all(fits(prompt) for prompt in document["prompts"])
    assert not fits({**document, "prompts": document["prompts"][:1]})


def test_fast_way_and_django_give_the_same_bundle_until_something_changes(client, story):
    _, key = story.key()
    slow = client.get(PATH, headers=bearer(key))

    handled, sent = call(PATH, key)
    _, same = call(PATH, key, **{"if-none-match": headers_of(sent)["etag"]})
    story.world.put_live(story.prompt, story.version("Second."), "production")
    STORE.refresh()
    _, changed = call(PATH, key)

    assert handled
    assert sent[1]["body"] == slow.content
    assert (same[0]["status"], same[1]["body"]) == (304, b"")
    assert {p["version"] for p in json.loads(changed[1]["body"])["prompts"]} == {2}


def test_bundle_of_another_scope_is_another_bundle(client, story):
    _, key = story.key()
    _, other = story.key(namespace=story.other)
    client.get(PATH, headers=bearer(key))

    answer = client.get(PATH, headers=bearer(other)).json()

    assert {prompt["prompt"] for prompt in answer["prompts"]} == {"other/secret"}


def test_bundle_needs_a_key_and_takes_no_parameters(client, story):
    _, key = story.key()

    codes = [
        client.get(PATH).status_code,
        client.get(f"{PATH}?x=1", headers=bearer(key)).status_code,
        client.post(PATH, headers=bearer(key), content_type="application/json").status_code,
        call(f"{PATH}", key, query="x=1")[1][0]["status"],
        client.get(PATH, headers=bearer(key)).status_code,
    ]

    assert codes == [401, 400, 405, 400, 200]

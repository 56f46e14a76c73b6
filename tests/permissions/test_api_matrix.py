"""T9: every call of the API, with every kind of key. A call without a row here fails the build."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.delivery import keycheck
from apps.delivery.api import api
from apps.delivery.process import STORE
from apps.environments.actions import revoke_key
from apps.environments.models import ApiKey
from tests.delivery.api_calls import API, CALLS, robot
from tests.delivery.story import make_story
from tests.permissions.conftest import standing_for_all
from tests.undone import undone

KINDS = ("read", "write", "release")


@pytest.fixture(scope="module")
def story(databases, django_db_setup, django_db_blocker):
    yield from standing_for_all(make_story, databases, django_db_blocker)


@pytest.fixture(autouse=True)
def empty_memory():
    STORE.__init__()
    keycheck.WRONG_KEYS.__init__()


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_t09_call_is_open_to_the_kinds_of_its_row(story, client, call):
    found = {}

    for kind in KINDS:
        with undone():
            _, key = robot(story, kind)
            found[kind] = call.send(client, story, key).status_code
        STORE.__init__()

    assert found == {kind: call.status if kind in call.who else 403 for kind in KINDS}


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_t09_call_needs_a_key_that_lives(story, client, call):
    kind = call.who[0]
    (revoked, gone), (expired, late) = (robot(story, kind) for _ in range(2))
    revoke_key(revoked, reason="Lost", actor=story.world.admin)
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=timezone.now())

    body, codes = call.body(story), []
    for key in ("", gone, late, "gly_production_read_x"):
        answer = call.send(client, story, key, body)
        codes.append((answer.status_code, answer.json()["code"]))

    assert codes == [
        (401, "missing_key"), (401, "revoked_key"), (401, "expired_key"), (401, "wrong_key"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_t09_call_reaches_nothing_of_another_namespace(story, client, call):
    kind = call.who[0]
    from apps.teams.actions import grant

    everything = ("view", "comment", "edit", "review", "release", "publish")
    grant(story.other, capabilities=everything, to=story.world["viewer"], actor=story.world.admin)
    _, key = robot(story, kind, namespaces=[story.other], owner=story.world["viewer"])

    answer = call.send(client, story, key)

    said = answer.content.decode()
    if call.key in ("POST /logs", "POST /feedback"):
        assert answer.json()["rejected"][0]["code"] == "unknown_prompt"
    elif call.key == "POST /otlp/v1/traces":
        assert answer.json()["partialSuccess"]["rejectedSpans"] == "1"
    elif answer.status_code < 400:  # lists
        listed = '"prompts"' in said or '"suites": []' in said
        assert ("desk" not in said and listed) or call.key == "GET /manage/audit"
        assert "desk/reply" not in said
    else:
        assert answer.status_code == 404


def test_every_call_of_the_api_has_its_row():
    schema = api.get_openapi_schema()
    found = {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, methods in schema["paths"].items()
        for method in methods
    }

    assert found == {call.key for call in CALLS}


def test_no_call_of_the_api_decides_a_review():
    """Nothing approves but a person: there is no address for it."""
    operations = {
        operation["operationId"]
        for methods in api.get_openapi_schema()["paths"].values()
        for operation in methods.values()
    }

    words = ("approve", "decide", "request_changes", "waive", "break", "rule", "grant", "key")
    assert [one for one in operations if any(word in one for word in words)] == []
    assert "withdraw_review" in operations

"""Automation: what a key proposes and releases, under the gates of the pages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.delivery.actions import forget_answers
from apps.delivery.models import KeptAnswer
from apps.prompts.models import DraftBlock, Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import roll_back
from apps.releases.queries import live_release
from apps.teams.actions import deactivate_person
from tests.delivery.api_calls import CALLS, back, block, robot, unready, variables, written
from tests.delivery.story import bearer
from tests.releases.world import approve, edit
from tests.undone import undone

MANAGE = "/api/v1/manage"


def post(client, key, address, body, **headers):
    headers = {**bearer(key), **headers}
    return client.post(f"{MANAGE}{address}", json.dumps(body), "application/json", headers=headers)


def get(client, key, address):
    return client.get(f"{MANAGE}{address}", headers=bearer(key))


def test_a_robot_proposes_and_a_person_decides(client, story):
    """The whole way: draft, version, review, approval by a person, release by a key."""
    _, write = robot(story, "write")
    _, release = robot(story, "release")
    world = story.world

    draft = get(client, write, "/drafts/desk/reply").json()
    role = draft["blocks"][0]
    saved = post(
        client, write, "/blocks",
        {"prompt": "desk/reply", **role, "body": "You write for {{shop}}, in French."},
    )  # fmt: skip
    asked = post(client, write, "/reviews", {"prompt": "desk/reply", "reason": "French"})
    early = post(client, release, "/releases", unready_body(asked, 1))
    approve(_review(asked), world["reviewer"])
    told = get(client, write, f"/reviews/{asked.json()['review']}").json()
    world.release(story.prompt, Version.objects.get(number=2, prompt=story.prompt), "staging")
    done = post(client, release, "/releases", unready_body(asked, 1))

    assert (draft["base_version"], saved.json()["revision"]) == (1, role["revision"] + 1)
    assert (asked.status_code, asked.json()["state"], asked.json()["version"]) == (201, "open", 2)
    assert (early.status_code, early.json()["address"]) == (202, asked.json()["address"])
    assert [(one["person"], one["decision"]) for one in told["decisions"]] == [
        ("Reviewer", "approve"),
    ]
    assert (done.status_code, done.json()["revision"], done.json()["by_key"]) == (201, 2, True)
    assert live_release(story.prompt, world.places["production"]).version.number == 2


def _review(answer):
    from apps.reviews.models import Review

    return Review.objects.get(pk=answer.json()["review"])


def unready_body(asked, replaces):
    number = asked.json()["version"]
    return {"prompt": "desk/reply", "version": number, "replaces": replaces, "reason": "French"}


def test_release_without_an_approval_asks_for_the_review(client, story):
    _, release = robot(story, "release")
    body = unready(story)

    answer = post(client, release, "/releases", body)
    again = post(client, release, "/releases", body)

    assert (answer.status_code, answer.json()["state"]) == (202, "open")
    assert again.json()["address"] == answer.json()["address"]
    assert get(client, release, answer.json()["address"].removeprefix(MANAGE)).status_code == 200
    assert live_release(story.prompt, story.world.places["production"]).version.number == 1


def test_write_key_releases_nothing(client, story):
    _, write = robot(story, "write")

    answer = post(client, write, "/releases", unready(story))

    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_kind")
    assert "use a release key" in answer.json()["detail"]


def test_release_names_what_it_replaces(client, story):
    _, release = robot(story, "release")

    answer = post(client, release, "/releases", {**unready(story), "replaces": 0})

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_release")
    assert answer.json()["type"] == "/api/v1/docs#not_possible"


def test_roll_back_needs_a_reason(client, story):
    _, release = robot(story, "release")
    body = back(story)

    without = post(client, release, "/roll-backs", {**body, "reason": " "})
    done = post(client, release, "/roll-backs", body)

    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "reason")
    assert (done.status_code, done.json()["version"], done.json()["how"]) == (201, 1, "roll_back")


def test_two_who_change_the_same_words_lose_nothing(client, story):
    _, write = robot(story, "write")
    body = {**block(story), "body": "An entirely new text for {{shop}}."}
    edit(story.prompt, "Quite other words for {{shop}}.", story.world["author2"])

    answer = post(client, write, "/blocks", body)

    now = DraftBlock.objects.get(key=body["key"], draft__prompt=story.prompt)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert now.body == "Quite other words for {{shop}}."
    assert now.conflicts.get().mine == body["body"]


@pytest.mark.parametrize(("address", "made"), [("/drafts", written), ("/variables", variables)])
def test_draft_that_changed_meanwhile_is_not_written_over(client, story, address, made):
    _, write = robot(story, "write")
    body = made(story)

    stale = post(client, write, address, {**body, "revision": body["revision"] + 1})
    fresh = post(client, write, address, body)

    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    assert (fresh.status_code, fresh.json()["revision"]) == (200, body["revision"] + 1)


def test_variables_are_set_as_listed(client, story):
    _, write = robot(story, "write")
    body = variables(story)
    wanted = [{"name": "message", "type": "long_text"}, {"name": "order_id"}]

    answer = post(client, write, "/variables", {**body, "variables": wanted})
    wrong = post(
        client, write, "/variables",
        {**body, "revision": body["revision"] + 1, "variables": [{"name": "1st"}]},
    )  # fmt: skip

    names = [one.name for one in draft_of(story.prompt).variables.all()]
    assert (answer.status_code, names) == (200, ["message", "order_id"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid")


def test_comparison_says_what_breaks(client, story):
    _, write = robot(story, "write")
    body = variables(story)
    wanted = [{"name": "message", "type": "long_text"}, {"name": "order_id"}]
    post(client, write, "/variables", {**body, "variables": wanted})
    post(client, write, "/versions", {"prompt": "desk/reply", "reason": "Needs more"})

    answer = get(client, write, "/compare/desk/reply?old=1&new=2").json()

    assert (answer["same"], "variables/order_id" in answer["changed"]) == (False, True)
    assert {"breaks": True, "sentence": "Applications that do not send `order_id` will fail."} in (
        answer["contract"]
    )


def test_owner_who_left_takes_the_key_along(client, story):
    _, write = robot(story, "write")
    before = get(client, write, "/prompts").status_code

    deactivate_person(story.world["author"], reason="Gone", actor=story.world.admin)
    after = get(client, write, "/prompts")

    assert (before, after.status_code, after.json()["code"]) == (200, 401, "owner_gone")


def test_audit_holds_what_the_key_may_see(client, story):
    _, write = robot(story, "write")

    said = get(client, write, "/audit").json()

    entries = AuditEntry.objects.filter(namespace_id=story.world.desk.pk)
    numbers = set(entries.values_list("seq", flat=True))
    assert {one["number"] for one in said["entries"]} >= numbers
    assert "other/secret" not in json.dumps(said)
    last = said["entries"][-1]["number"]
    assert get(client, write, f"/audit?after={last}").json() == {"entries": [], "after": None}


# --- asked twice -----------------------------------------------------------------------------


def versions(story):
    return Version.objects.filter(prompt=story.prompt).count()


def test_same_token_and_call_get_the_same_answer(client, story):
    _, write = robot(story, "write")
    edit(story.prompt, "Newer words.", story.world["author2"])
    body, token = {"prompt": "desk/reply", "reason": "Newer"}, {"Idempotency-Key": "make-2"}

    first = post(client, write, "/versions", body, **token)
    again = post(client, write, "/versions", body, **token)
    without = post(client, write, "/versions", body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (without.status_code, without.json()["code"]) == (409, "nothing_changed")
    assert versions(story) == 2


def test_same_token_for_another_call_is_refused(client, story):
    _, write = robot(story, "write")
    token = {"Idempotency-Key": "make-2"}
    edit(story.prompt, "Newer words.", story.world["author2"])
    post(client, write, "/versions", {"prompt": "desk/reply", "reason": "Newer"}, **token)

    other = post(client, write, "/versions", {"prompt": "desk/reply", "reason": "Else"}, **token)

    assert (other.status_code, other.json()["code"]) == (422, "other_call")


def test_token_belongs_to_its_key_and_lasts_a_day(client, story):
    (_, one), (_, two) = robot(story, "write"), robot(story, "write")
    token = {"Idempotency-Key": "x"}
    body = {"namespace": "desk", "segment": "fresh", "name": "Fresh"}

    first = post(client, one, "/prompts", body, **token)
    second = post(client, two, "/prompts", body, **token)
    KeptAnswer.objects.update(made_at=timezone.now() - timedelta(hours=25))
    later = post(client, one, "/prompts", body, **token)

    assert (first.status_code, second.status_code, later.status_code) == (201, 422, 422)
    assert Prompt.objects.filter(path="desk/fresh").count() == 1
    assert forget_answers() == 1


def test_refusal_is_kept_like_any_answer_and_written_down_once(client, story):
    _, release = robot(story, "release")
    body = {**unready(story), "replaces": 9}

    first = post(client, release, "/releases", body, **{"Idempotency-Key": "go"})
    again = post(client, release, "/releases", body, **{"Idempotency-Key": "go"})

    assert (first.status_code, first.content) == (409, again.content)
    assert AuditEntry.objects.filter(outcome="denied", actor_kind="key").count() == 1


@pytest.mark.parametrize("token", ["x" * 201, "a\tb"])
def test_odd_token_is_refused(client, story, token):
    _, write = robot(story, "write")
    body = {"namespace": "desk", "segment": "fresh", "name": "Fresh"}

    refused = post(client, write, "/prompts", body, **{"Idempotency-Key": token})

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_parameter")
    whole = post(client, write, "/prompts", body, **{"Idempotency-Key": "x" * 200})
    assert whole.status_code == 201


def test_body_without_a_field_is_told_which(client, story):
    _, release = robot(story, "release")

    refused = post(client, release, "/releases", {"prompt": "desk/reply", "version": 1})

    told = "The body does not have the right form. “replaces”: Field required."
    assert (refused.status_code, refused.json()["detail"]) == (400, told)


@pytest.mark.parametrize("field", ["namespace", "segment", "name", "purpose"])
def test_text_that_no_row_can_hold_is_refused(client, story, field):
    _, write = robot(story, "write")
    body = {"namespace": "desk", "segment": "fresh", "name": "Fresh", "purpose": ""}

    refused = post(client, write, "/prompts", {**body, field: "a\0b"})
    unknown = get(client, write, "/prompts/desk/a%00b")

    assert (refused.status_code, refused.json()["code"]) == (400, "bad_body")
    assert refused.json()["detail"].endswith(
        "form. A text holds the character U+0000. Leave it out."
    )
    assert unknown.status_code == 404
    assert post(client, write, "/prompts", body).status_code == 201


# --- T21, T6 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["%s%n", "x" * 37, "{22222222-2222-4222-8222-222222222222}", "A" * 32, "urn:uuid:"]
)
def test_block_whose_key_is_no_uuid_is_named_and_nothing_is_written(client, story, name):
    _, key = robot(story, "write")
    draft, body = draft_of(story.prompt), written(story)
    body["document"]["blocks"][1]["key"] = name

    told = post(client, key, "/drafts", body)
    made = post(
        client, key, "/prompts",
        {"namespace": "desk", "segment": "odd", "name": "Odd", "document": body["document"]},
    )  # fmt: skip

    for answer in (told, made):
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert "key of block 2" in answer.json()["detail"]
    assert draft_of(story.prompt).revision == draft.revision
    assert not Prompt.objects.filter(path="desk/odd").exists()


MARK = "marked-by-the-sweep"
PASSED_OVER = {"/otlp/v1/traces"}  # senders of spans add what they like: OTLP passes it over
STRICT = [one for one in CALLS if one.method == "POST" and one.template not in PASSED_OVER]


@pytest.mark.parametrize("call", STRICT, ids=lambda call: call.key)
def test_t21_fields_that_a_call_does_not_have_are_refused(client, story, call):
    from django.apps import apps

    _, key = robot(story, call.who[0])
    body = call.body(story)
    names = {
        name
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        for name in (column.name, column.attname)
    }
    refused = {}

    for name in sorted(names - set(body)):
        documented = {"purpose", "tags", "document", "title", "summary", "acknowledged", "version",
                      "release_when_approved", "reason", "models", "repeats", "fresh",
                      "most_cost"}  # fmt: skip
        if name not in documented:
            answer = call.send(client, story, key, {**body, name: MARK})
            refused[name] = (answer.status_code, answer.json()["code"])

    assert len(refused) > 60
    assert set(refused.values()) == {(400, "unknown_field")}


def served(story, client):
    """What applications get of everything live in protected environments, as bytes."""
    from apps.delivery.process import STORE

    STORE.__init__()
    found = {}
    for namespace, path in ((None, "desk/reply"), (story.other, "other/secret")):
        _, key = story.key(namespace=namespace)
        found[path] = client.get(f"/api/v1/prompts/{path}", headers=bearer(key)).content
    STORE.__init__()
    return found


def test_t06_no_call_of_a_write_key_changes_what_is_served(client, story):
    from apps.delivery.process import STORE

    before, changed = served(story, client), []

    for call in CALLS:
        with undone():
            _, key = robot(story, "write")
            body = call.body(story) if call.who == ("write",) or call.method == "GET" else {}
            call.send(client, story, key, body)
            if served(story, client) != before:
                changed.append(call.key)
        STORE.__init__()

    assert changed == []


def test_t06_sweep_would_see_a_release(client, story):
    before = served(story, client)
    world = story.world
    world.put_live(story.prompt, story.version("Other words."), "production")
    after = served(story, client)

    live = live_release(story.prompt, world.places["production"])
    roll_back(
        story.prompt, environment=world.places["production"], version=story.versions[0],
        expects=live.pk, reason="Back", actor=world["releaser"],
    )  # fmt: skip

    assert {path for path in before if before[path] != after[path]} == {"desk/reply"}

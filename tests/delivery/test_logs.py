"""POST /api/v1/logs: each event by itself, each once, and of variables the names alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.delivery.models import LogEvent, SentName, TouchedHour
from apps.llm.prices import call_cost
from tests.delivery.story import bearer

ADDRESS = "/api/v1/logs"


def event(**more):
    given = {
        "id": "call-1", "prompt": "desk/reply", "version": 1, "environment": "production",
        "model": "openai/gpt-5", "started_at": datetime.now(UTC).isoformat(), "latency_ms": 812.5,
        "input_tokens": 120, "output_tokens": 40, "status": "ok",
    }  # fmt: skip
    return {**given, **more}


def send(client, key, *events, **more):
    body = {"events": list(events), **more}
    return client.post(ADDRESS, json.dumps(body), "application/json", headers=bearer(key))


def test_events_are_kept_once_by_their_id(client, story):
    _, key = story.key()

    first = send(client, key, event(cost=0.0021), event(id="call-2", status="error"))
    again = send(client, key, event(), event(id="call-3"), event(id="call-3"))

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == {"accepted": 2, "duplicates": 0, "rejected": []}
    assert again.json() == {"accepted": 1, "duplicates": 2, "rejected": []}
    kept = LogEvent.objects.get(ident="call-1")
    assert (kept.prompt, kept.version.number, kept.arm, kept.input_tokens, str(kept.cost)) == (
        story.prompt, 1, "", 120, "0.002100000",
    )  # fmt: skip
    assert LogEvent.objects.count() == 3


def test_the_same_id_is_another_call_in_another_environment(client, story):
    for place in ("production", "staging"):
        _, key = story.key(place)
        assert send(client, key, event(environment=place)).json()["accepted"] == 1


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (event(extra=1), "unknown_field"),
        (event(latency_ms="812"), "bad_event"),
        (event(latency_ms=float("1e400")), "bad_event"),
        (event(input_tokens=-1), "bad_event"),
        (event(input_tokens=2**40), "bad_event"),
        (event(version=True), "bad_event"),
        (event(id=""), "bad_event"),
        (event(id="a\u0000b"), "bad_event"),
        (event(model="a\u0000b"), "bad_event"),
        (event(started_at="2026-01-01T00:00:00"), "bad_event"),
        (event(started_at=1700000000), "bad_event"),
        (event(started_at="1700000000"), "bad_event"),
        (event(started_at=(datetime.now(UTC) + timedelta(days=3)).isoformat()), "bad_event"),
        (event(started_at=(datetime.now(UTC) - timedelta(days=365)).isoformat()), "bad_event"),
        (event(latency_ms=float("nan")), "bad_event"),
        (event(output_tokens=-1), "bad_event"),
        (event(cost=-0.1), "bad_event"),
        (event(arm="never"), "unknown_arm"),
        (event(tags=["x"] * 11), "bad_event"),
        (event(tags=["x" * 41]), "bad_event"),
        (event(tags={"plan": 1}), "bad_event"),
        (event(status="fine"), "bad_event"),
        (event(prompt="desk/nothing"), "unknown_prompt"),
        (event(prompt="other/secret"), "unknown_prompt"),
        (event(environment="staging"), "unknown_environment"),
        (event(version=7), "unknown_version"),
        ("words", "bad_event"),
        (None, "bad_event"),
        ([], "bad_event"),
    ],
)
def test_one_bad_event_never_spoils_its_batch(client, story, bad, code):
    _, key = story.key()

    answer = send(client, key, event(), bad, event(id="call-2"))

    said = answer.json()
    assert (answer.status_code, said["accepted"], said["duplicates"]) == (202, 2, 0)
    assert [(one["index"], one["code"]) for one in said["rejected"]] == [(1, code)]
    assert said["rejected"][0]["detail"]


def test_t11_refusals_tell_nothing_of_what_is_elsewhere(client, story):
    """A prompt of another team is like none; a version that was never live is like none."""
    _, key = story.key()
    story.version("Never released.")

    said = send(
        client, key, event(prompt="other/secret"), event(prompt="other/absent"),
        event(version=2), event(version=99),
    ).json()["rejected"]  # fmt: skip

    assert [one["detail"] for one in said] == [
        "This key reaches no prompt “other/secret”.",
        "This key reaches no prompt “other/absent”.",
        "Version 2 of “desk/reply” was never live in production.",
        "Version 99 of “desk/reply” was never live in production.",
    ]
    _, free = story.key("development")
    assert send(client, free, event(version=2, environment="development")).json()["accepted"] == 1


def test_arm_must_have_had_the_version(client, story):
    _, key = story.key()
    before = send(client, key, event(arm="a")).json()["rejected"]
    version = story.version("Better for {{shop}}.")
    story.world.approved(story.prompt, version, "production")
    story.world.release(story.prompt, version, "production", share=50)

    said = send(
        client, key, event(arm="a"), event(id="b", arm="b", version=2),
        event(id="c", arm="c"), event(id="d", arm="b", version=1),
    ).json()  # fmt: skip

    assert [one["code"] for one in before] == ["unknown_arm"]
    assert (said["accepted"], [one["code"] for one in said["rejected"]]) == (2, ["unknown_arm"] * 2)
    assert said["rejected"][0]["detail"].startswith("There never was an arm “c” with version 1")
    arms = LogEvent.objects.order_by("arm").values_list("arm", "version__number", "split_id")
    split = arms[0][2]
    assert (list(arms), len(split)) == ([("a", 1, split), ("b", 2, split)], 36)


def test_unit_is_kept_as_a_mark_alone(client, story):
    _, key = story.key()

    send(client, key, *(event(id=str(n), unit=unit) for n, unit in enumerate(["ana", "ana", "bo"])))
    send(client, key, event(id="nobody"))

    marks = list(LogEvent.objects.order_by("ident").values_list("unit_hash", flat=True))
    first, same, other, none = (bytes(one) if one else None for one in marks)
    assert (first == same, first == other, none, len(first)) == (True, False, None, 16)


def test_cost_that_is_left_out_is_reckoned_where_the_price_is_known(client, story):
    _, key = story.key()

    send(client, key, event(), event(id="call-2", model="acme/unknown"))

    costs = dict(LogEvent.objects.values_list("ident", "cost"))
    assert (costs["call-2"], costs["call-1"]) == (
        None, call_cost("openai/gpt-5", sent=120, answered=40),
    )  # fmt: skip


def test_call_under_the_path_that_a_prompt_left_is_its_call(client, story):
    from apps.prompts.actions import move_prompt

    _, key = story.key()
    move_prompt(
        story.prompt, namespace=story.world.desk, segment="answer", reason="Clearer",
        actor=story.world.admin,
    )  # fmt: skip

    said = send(client, key, event(), event(id="call-2", prompt="desk/answer")).json()

    assert said["accepted"] == 2


def test_hours_that_changed_are_told_once_a_batch(client, story):
    _, key = story.key()
    now = datetime.now(UTC)

    send(client, key, *(event(id=str(n)) for n in range(3)), event(id="h", started_at=(
        now - timedelta(hours=1)).isoformat()))  # fmt: skip
    send(client, key, event(id="0"))

    assert TouchedHour.objects.count() == 2


def test_names_of_variables_are_kept_and_never_their_values(client, story):
    _, key = story.key()
    told = {"message": "My card is 4111 1111 1111 1111", "order_id": "A-7", "no name!": "x"}

    send(
        client, key,
        event(variables=told, output="Dear Ana", unit="ana@example.org", error="Ana failed",
              tags={"mail": "ana@acme.io"}),
    )  # fmt: skip

    names = SentName.objects.filter(prompt=story.prompt, environment__name="production")
    assert set(names.values_list("name", flat=True)) == {"", "message", "order_id"}
    rows = json.dumps([list(LogEvent.objects.values()), list(names.values())], default=str)
    assert [word for word in ("4111", "Ana", "ana@", "A-7") if word in rows] == []


def test_event_without_variables_says_nothing_of_names(client, story):
    _, key = story.key()

    send(client, key, event())

    assert SentName.objects.count() == 0


def test_render_notes_the_names_too(client, story):
    _, key = story.key()

    answer = client.post(
        "/api/v1/prompts/desk/reply/render",
        json.dumps({"variables": {"message": "Hello", "order_id": "A-7"}}), "application/json",
        headers=bearer(key),
    )  # fmt: skip

    assert answer.status_code == 200
    assert set(SentName.objects.values_list("name", flat=True)) == {"", "message", "order_id"}


def test_names_of_one_prompt_are_bounded(client, story):
    _, key = story.key()

    for start in range(0, 400, 100):
        told = {f"name_{n}": 1 for n in range(start, start + 100)}
        send(client, key, event(id=f"call-{start}", variables=told))

    assert SentName.objects.exclude(name="").count() == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"events": []}, 400, "bad_body"),
        ({"events": [1] * 1001}, 400, "bad_body"),
        ({"events": [], "more": 1}, 400, "unknown_field"),
        ({"events": [1], "": 1}, 400, "unknown_field"),
        ([], 400, "bad_body"),
    ],
)
def test_batch_of_a_wrong_form_is_refused_whole(client, story, body, status, code):
    _, key = story.key()

    answer = client.post(ADDRESS, json.dumps(body), "application/json", headers=bearer(key))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert send(client, key, event()).status_code == 202


def test_thousand_events_are_one_statement(client, story, django_assert_num_queries):
    _, key = story.key()
    send(client, key, event())

    with django_assert_num_queries(5):
        answer = send(client, key, *(event(id=f"n-{n}") for n in range(1000)))

    assert answer.json()["accepted"] == 1000

"""What is answered while a release runs by steps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from apps.delivery import bundle
from apps.delivery.models import LogEvent
from apps.releases.actions import Share, share_traffic, step_rollout
from apps.releases.assignment import arm_for
from apps.releases.queries import live_release
from apps.releases.splits import as_told
from tests.delivery.story import Story, bearer
from tests.delivery.test_logs import event, send

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


PRO = {"attribute": "plan", "operator": "in", "values": ["pro", "team"]}


@pytest.fixture
def for_some(story: Story) -> Story:
    """An experiment between v1, which is live, and v2, for those with the plan pro or team."""
    version, place = story.version("Write, better."), story.world.places["production"]
    story.world.approved(story.prompt, version, "production")
    share_traffic(
        story.prompt, environment=place,
        shares=[Share(story.versions[0], 50), Share(version, 50)], audience=[PRO],
        expects=live_release(story.prompt, place).pk, actor=story.world["releaser"],
    )  # fmt: skip
    return story


def arm_in(answer: Any) -> tuple[str | None, int]:
    told = answer.json()
    return told["split"]["arm"], told["version"]


def test_an_audience_is_asked_of_what_the_call_says(client: Client, for_some: Story) -> None:
    _, key = for_some.key()
    split = as_told(live_release(for_some.prompt, for_some.world.places["production"]).split)

    inside = {unit: arm_in(ask(client, key, unit=unit, **{"attr[plan]": "pro"})) for unit in UNITS}

    arms = {unit: arm_for(split, unit, {"plan": "pro"}) for unit in UNITS}
    assert inside == {unit: (arm["arm"], arm["version"]) for unit, arm in arms.items()}
    assert set(inside.values()) == {("a", 1), ("b", 2)}
    for said in ({}, {"attr[plan]": "free"}, {"attr[plan]": ""}, {"attr[country]": "pro"}):
        assert {arm_in(ask(client, key, unit=unit, **said)) for unit in UNITS} == {("outside", 1)}
    assert arm_in(ask(client, key, **{"attr[plan]": "pro"})) == (None, 1)


def test_who_reads_arms_alone_gives_everybody_what_was_live(
    client: Client, for_some: Story
) -> None:
    """A client that knows nothing of audiences; without one the same reading gives both arms."""
    _, key = for_some.key()
    told = ask(client, key).json()["split"]
    control = {**told, "arms": told["audience"]["arms"]}

    def read(split: Any) -> set[tuple[str, int]]:
        arms = [arm_for({"salt": split["salt"], "arms": split["arms"]}, unit) for unit in UNITS]
        return {(arm["arm"], arm["version"]) for arm in arms}

    assert (read(told), read(control)) == ({("outside", 1)}, {("a", 1), ("b", 2)})
    bundle._kept.clear()
    answers = client.get("/api/v1/bundle", headers=bearer(key)).json()["prompts"]
    splits = [one["split"] for one in answers if one["split"]]
    assert {one["arm"] for one in splits} == {"outside", "a", "b"}
    assert {(*(arm["arm"] for arm in one["arms"]),) for one in splits} == {("outside", "a", "b")}


def test_each_arm_of_an_audience_has_its_etag(client: Client, for_some: Story) -> None:
    _, key = for_some.key()
    pro = {"attr[plan]": "pro"}
    unit = next(unit for unit in UNITS if arm_in(ask(client, key, unit=unit, **pro))[0] == "b")

    tags = [ask(client, key, unit=unit, **said)["ETag"] for said in (pro, {})]

    kept = {**bearer(key), "If-None-Match": tags[0]}
    again = [client.get(ADDRESS, {"unit": unit, **said}, headers=kept) for said in (pro, {})]
    assert tags[0] != tags[1] and [answer.status_code for answer in again] == [304, 200]


def test_render_asks_the_audience_too(client: Client, for_some: Story) -> None:
    _, key = for_some.key()
    body = json.dumps({"variables": {"message": "Hi"}})

    def rendered(query: str) -> set[tuple[str, int]]:
        found = [
            client.post(f"{ADDRESS}/render?unit={unit}{query}", body,
                        content_type="application/json", headers=bearer(key))
            for unit in UNITS[:15]
        ]  # fmt: skip
        return {arm_in(answer) for answer in found}

    assert rendered("&attr[plan]=team") == {("a", 1), ("b", 2)}
    assert rendered("&attr%5Bplan%5D=free") == {("outside", 1)}


def test_calls_outside_of_the_audience_are_taken_as_such(client: Client, for_some: Story) -> None:
    _, key = for_some.key()
    calls = [event(id=f"{number}", unit="u", version=number, arm="outside") for number in (1, 2)]

    taken = send(client, key, *calls).json()

    assert (taken["accepted"], [one["code"] for one in taken["rejected"]]) == (1, ["unknown_arm"])
    kept = LogEvent.objects.get()
    assert (kept.arm, kept.split_id) == ("outside", "")


def test_an_experiment_serves_each_of_its_arms_and_takes_their_calls(
    client: Client, story: Story
) -> None:
    """v3 was never live by itself, and v1 was once."""
    world, place = story.world, story.world.places["production"]
    world.put_live(story.prompt, story.version("Write for {{shop}}, better."), "production")
    world.approved(story.prompt, story.version("Write for {{shop}}, best."), "production")
    shares = [Share(story.versions[at], weight) for at, weight in ((1, 50), (2, 30), (0, 20))]
    live = live_release(story.prompt, place)
    begun = share_traffic(
        story.prompt, environment=place, shares=shares, expects=live.pk, actor=world["releaser"]
    )
    _, key = story.key()

    answers = {unit: ask(client, key, unit=unit).json() for unit in UNITS}
    calls = [event(id=u, unit=u, version=a["version"], arm=a["split"]["arm"])
             for u, a in answers.items()]  # fmt: skip
    taken = send(client, key, *calls).json()

    expected = {unit: arm_for(begun.split, unit) for unit in UNITS}
    assert {u: (a["split"]["arm"], a["version"]) for u, a in answers.items()} == {
        unit: (arm["arm"], arm["version"]) for unit, arm in expected.items()
    }
    assert {a["split"]["arm"] for a in answers.values()} == {"a", "b", "c"}
    assert ask(client, key).json()["version"] == 2
    assert (taken["accepted"], taken["rejected"]) == (len(UNITS), [])

"""A release by steps: begun with a share, moved by a person, finished or rolled back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.core.errors import NotAllowed, NotPossible
from apps.environments.models import Environment, Release
from apps.prompts.models import Prompt, Version
from apps.releases.actions import release_version, roll_back, step_rollout
from apps.releases.queries import live_release, running_rollout
from tests.releases.test_t01_unauthorised import BACKEND
from tests.releases.world import World, make_world, standing
from tests.standing import standing as stands


@dataclass
class Scene:
    """v1 is live in production; v2 is approved there."""

    world: World
    prompt: Prompt
    first: Version
    second: Version
    place: Environment

    def begin(self, share: int = 10) -> Release:
        return self.world.release(self.prompt, self.second, "production", share=share)

    def step(self, share: int, by: str = "releaser", expects: int | None = None) -> Release:
        live = live_release(self.prompt, self.place)
        assert live is not None
        return step_rollout(
            self.prompt, environment=self.place, share=share, expects=expects or live.pk,
            actor=self.world[by],
        )  # fmt: skip


def make_it() -> Scene:
    world = make_world()
    prompt = world.prompt()
    first = world.version(prompt, "Words 1")
    world.put_live(prompt, first, "production")
    second = world.version(prompt, "Words 2")
    world.approved(prompt, second, "production")
    return Scene(world, prompt, first, second, world.places["production"])


scene = stands(make_it)


@pytest.fixture
def world(scene: Scene) -> World:
    return scene.world


def arms(release: Release) -> list[tuple[str, int, int]]:
    return [(arm["arm"], arm["version"], arm["weight"]) for arm in release.split["arms"]]


def test_release_by_steps_begins_with_a_share(scene: Scene) -> None:
    release = scene.begin(10)

    assert arms(release) == [("a", 1, 90), ("b", 2, 10)]
    assert (release.revision, release.how, release.version) == (2, "promote", scene.second)
    entry = AuditEntry.objects.filter(event="releases.release.made").order_by("-seq")[0]
    assert (entry.data["share"], entry.after["share"], entry.before["share"]) == (10, 10, 100)


def test_step_gives_another_share_and_keeps_the_salt(scene: Scene) -> None:
    begun = scene.begin(10)

    stepped = scene.step(25)

    assert arms(stepped) == [("a", 1, 75), ("b", 2, 25)]
    assert [stepped.split[name] for name in ("id", "salt")] == [
        begun.split[name] for name in ("id", "salt")
    ]
    assert (stepped.how, stepped.revision, stepped.approvals_needed) == ("step", 3, 0)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.event, entry.data["share"]) == ("releases.release.stepped", 25)


def test_step_to_all_ends_the_rollout(scene: Scene) -> None:
    scene.begin(50)

    done = scene.step(100)

    assert (done.split, done.version) == (None, scene.second)
    assert running_rollout(scene.prompt, scene.place) is None


def test_a_rollout_is_rolled_back_to_what_the_others_still_get(scene: Scene) -> None:
    begun = scene.begin(25)

    back = roll_back(
        scene.prompt, environment=scene.place, version=scene.first, expects=begun.pk,
        reason="Rude", actor=scene.world["releaser"],
    )  # fmt: skip

    assert (back.version, back.split, back.revision) == (scene.first, None, 3)


def test_a_new_release_ends_a_rollout(scene: Scene) -> None:
    scene.begin(25)
    third = scene.world.version(scene.prompt, "Words 3")
    scene.world.approved(scene.prompt, third, "production")

    release = scene.world.release(scene.prompt, third, "production")

    assert (release.version, release.split) == (third, None)


def refused(code: str, act, error: type[NotPossible] | type[NotAllowed] = NotPossible) -> None:
    before = standing()
    with pytest.raises(error) as refusal:
        act()

    assert refusal.value.verdict.code == code
    assert standing().pointers == before.pointers


def test_a_second_rollout_waits_for_the_first(scene: Scene) -> None:
    scene.begin(25)
    third = scene.world.version(scene.prompt, "Words 3")
    scene.world.approved(scene.prompt, third, "production")

    refused("rollout_runs", lambda: scene.world.release(scene.prompt, third, "production", share=5))


def test_release_by_steps_needs_something_live(world: World) -> None:
    prompt = world.prompt("fresh")
    version = world.version(prompt, "Words 1")
    world.approved(prompt, version, "production")

    refused("nothing_live", lambda: world.release(prompt, version, "production", share=5))


@pytest.mark.parametrize("share", [0, 100, -1, 101])
def test_release_by_steps_begins_between_1_and_99_percent(scene: Scene, share: int) -> None:
    refused("bad_share", lambda: scene.begin(share))


@pytest.mark.parametrize(
    ("share", "code"), [(0, "bad_share"), (101, "bad_share"), (25, "same_share")]
)
def test_step_refuses_a_share_that_is_none(scene: Scene, share: int, code: str) -> None:
    scene.begin(25)

    refused(code, lambda: scene.step(share))


@pytest.mark.parametrize("typed", ["0", "101", "", "half"])
def test_share_that_is_none_is_said_beside_the_field(
    scene: Scene, client: Client, typed: str
) -> None:
    release = scene.begin(25)
    client.force_login(scene.world["releaser"], backend=BACKEND)
    asked = {"environment": "production", "expects": release.pk, "share": typed}

    answer = client.post(reverse("releases:step_rollout", args=[scene.prompt.path]), asked)

    assert answer.status_code == 422
    assert "in percent from 1 to 100" in answer.content.decode()


def test_step_without_the_right_is_refused_and_written_down(scene: Scene) -> None:
    scene.begin(10)
    before = standing()

    refused("missing_right", lambda: scene.step(25, by="author"), NotAllowed)

    assert standing().denied == before.denied + 1


def test_step_on_what_somebody_moved_meanwhile_is_refused(scene: Scene) -> None:
    begun = scene.begin(10)
    scene.step(25)
    before = standing()

    refused("stale_release", lambda: scene.step(50, expects=begun.pk))

    assert standing().denied == before.denied + 1


def test_step_without_a_rollout_is_refused(scene: Scene) -> None:
    before = standing()

    refused("no_rollout", lambda: scene.step(50))

    assert standing().denied == before.denied + 1


def test_release_of_the_version_in_a_rollout_says_where_to_give_it_more(scene: Scene) -> None:
    begun = scene.begin(10)

    refused(
        "rollout_runs",
        lambda: release_version(
            scene.prompt, version=scene.second, environment=scene.place, expects=begun.pk,
            actor=scene.world["releaser"],
        ),
    )  # fmt: skip


def test_release_by_steps_without_approval_is_refused(scene: Scene) -> None:
    """T1: a share of the traffic is as much a release as all of it."""
    third = scene.world.version(scene.prompt, "Words 3")

    refused("gate_closed", lambda: scene.world.release(scene.prompt, third, "production", share=1))

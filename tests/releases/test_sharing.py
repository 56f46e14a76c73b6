"""The traffic of a place shared between versions, as an experiment does: begun and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.audit.models import AuditEntry
from apps.audit.trail import record
from apps.core.errors import NotAllowed, NotPossible, NotVisible
from apps.environments.models import Release
from apps.environments.states import How
from apps.prompts.actions import deprecate_prompt
from apps.prompts.models import Version
from apps.releases.actions import Share, end_sharing, roll_back, share_traffic, step_rollout
from apps.releases.actions.pointer import Move
from apps.releases.assignment import arm_for
from apps.releases.queries import rollback_targets, rollout_of
from apps.releases.splits import shared
from apps.reviews.models import Review
from tests.experiments.scene import Scene as Desk
from tests.experiments.scene import make_scene
from tests.releases.test_t01_unauthorised import signed_in
from tests.standing import standing


@dataclass
class Scene(Desk):
    def share(self, *arms: tuple[int, int], by: str = "releaser", expects: int | None = None):
        return share_traffic(
            self.prompt, environment=self.place,
            shares=[Share(self[number], weight) for number, weight in arms],
            expects=expects or self.live.pk, actor=self.world[by],
        )  # fmt: skip

    def end(self, by: str = "releaser") -> Release:
        return end_sharing(
            self.prompt, environment=self.place, expects=self.live.pk, actor=self.world[by]
        )


def make_it() -> Scene:
    desk = make_scene()
    return Scene(desk.world, desk.prompt, desk.versions, desk.place)


scene = standing(make_it)


def arms(release: Release) -> list[tuple[str, int, int]]:
    return [(arm["arm"], arm["version"], arm["weight"]) for arm in release.split["arms"]]


def refused(code: str, act: Any, error: type[Exception] = NotPossible) -> None:
    before = Release.objects.count()
    with pytest.raises(error) as refusal:
        act()

    assert refusal.value.verdict.code == code  # type: ignore[attr-defined]
    assert Release.objects.count() == before


def test_sharing_keeps_what_is_live_and_gives_the_others_a_part(scene: Scene) -> None:
    release = scene.share((2, 60), (3, 30), (1, 10))

    assert arms(release) == [("a", 2, 60), ("b", 3, 30), ("c", 1, 10)]
    assert (release.version, release.how, release.share) == (scene[2], "experiment", 60)
    assert rollout_of(release) is None
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.event, entry.data["split"]) == ("releases.split.begun", release.split["id"])


def test_sharing_refuses_an_audience_that_nobody_can_be_in(scene: Scene) -> None:
    asks = {"attribute": "plan", "operator": "in", "values": ["pro"]}

    def share(*audience: Any) -> Release:
        return share_traffic(
            scene.prompt, environment=scene.place, audience=audience,
            shares=[Share(scene[2], 50), Share(scene[3], 50)],
            expects=scene.live.pk, actor=scene.world["releaser"],
        )  # fmt: skip

    refused("bad_audience", lambda: share(asks, {**asks, "values": ["team"]}))
    assert share(asks).split["audience"] == {"all": [asks]}


def test_sharing_leaves_the_approved_review_as_it_is(scene: Scene) -> None:
    scene.share((2, 50), (3, 50))

    review = Review.objects.get(prompt=scene.prompt, environment=scene.place, state="approved")

    assert review.state == "approved"


def test_the_end_gives_everybody_what_was_live(scene: Scene) -> None:
    scene.share((2, 50), (3, 50))

    release = scene.end()

    assert (release.version, release.split, release.how) == (scene[2], None, "experiment")


def test_the_winner_goes_live_through_the_gates_of_a_release(scene: Scene) -> None:
    scene.share((2, 50), (3, 50))

    release = scene.world.release(scene.prompt, scene[3], "production")

    assert (release.version, release.split, release.how) == (scene[3], None, "promote")


def test_page_of_a_release_says_that_it_ends_the_experiment(scene: Scene) -> None:
    scene.share((2, 50), (3, 50))
    page = reverse("releases:release_version", args=[scene.prompt.path])

    answer = signed_in(scene.world, "releaser").get(
        page, {"version": 3, "environment": "production"}
    )

    assert "An experiment runs here. This release ends it" in answer.content.decode()


def test_a_roll_back_ends_it_for_what_is_live_and_for_what_was(scene: Scene) -> None:
    scene.share((2, 50), (3, 50))
    offered = [target.version.number for target in rollback_targets(scene.prompt, scene.place)]

    back = roll_back(
        scene.prompt, environment=scene.place, version=scene[2], expects=scene.live.pk,
        reason="Rude answers", actor=scene.world["releaser"],
    )  # fmt: skip

    assert offered == [2, 1]
    assert (back.version, back.split) == (scene[2], None)


@pytest.mark.parametrize(
    "chosen",
    [
        ((2, 50), (3, 49)),
        ((2, 100), (3, 0)),
        ((2, 100),),
        ((3, 50), (2, 50)),
        ((2, 40), (3, 30), (3, 30)),
        ((2, 150), (3, -50)),
    ],
    ids=["99", "nobody", "alone", "live last", "twice", "negative"],
)
def test_sharing_refuses_shares_that_do_not_fit(scene: Scene, chosen: Any) -> None:
    refused("bad_shares", lambda: scene.share(*chosen))


def test_t01_sharing_refuses_a_version_without_its_approvals(scene: Scene) -> None:
    scene.world.put_live(scene.prompt, scene[4], "staging")

    refused("gate_closed", lambda: scene.share((2, 99), (4, 1)))


def test_sharing_goes_to_the_environments_before_as_a_release_does(scene: Scene) -> None:
    refused("gate_closed", lambda: scene.share((2, 99), (4, 1)))
    scene.world.approved(scene.prompt, scene[4], "production")

    scene.share((2, 99), (4, 1))

    assert scene.world.live(scene.prompt, "staging") == 4


def test_sharing_needs_the_right_there(scene: Scene) -> None:
    refused("missing_right", lambda: scene.share((2, 50), (3, 50), by="author"), NotAllowed)
    refused("not_found", lambda: scene.share((2, 50), (3, 50), by="outsider"), NotVisible)


def test_sharing_refuses_what_runs_already_and_what_moved(scene: Scene) -> None:
    first = scene.live.pk
    scene.share((2, 50), (3, 50))

    refused("stale_release", lambda: scene.share((2, 50), (3, 50), expects=first))
    refused("experiment_runs", lambda: scene.share((2, 50), (3, 50)))
    refused(
        "experiment_runs",
        lambda: scene.world.release(scene.prompt, scene[3], "production", share=10),
    )
    refused(
        "no_rollout",
        lambda: step_rollout(
            scene.prompt, environment=scene.place, share=60, expects=scene.live.pk,
            actor=scene.world["releaser"],
        ),
    )  # fmt: skip


def test_sharing_waits_for_a_rollout_and_has_no_end_before_its_begin(scene: Scene) -> None:
    refused("no_experiment", scene.end)
    scene.world.release(scene.prompt, scene[3], "production", share=10)

    refused("rollout_runs", lambda: scene.share((3, 50), (1, 50)))


def test_sharing_refuses_a_deprecated_prompt(scene: Scene) -> None:
    deprecate_prompt(scene.prompt, reason="Old", actor=scene.world.admin)

    refused("deprecated", lambda: scene.share((2, 50), (3, 50)))


def written(scene: Scene, version: Version, how: How, split: Any) -> None:
    """Behind the gates' back, as a faulty action would; with its entry, so that this is not it."""
    move = Move(scene.prompt, version, scene.place, how, "x", None, scene.world["releaser"], split)
    with transaction.atomic():
        record("releases.release.made", **move.entry(move.write()))


@pytest.mark.parametrize(
    ("live", "how", "numbers"),
    [
        (2, How.EXPERIMENT, [2, 4]),
        (3, How.EXPERIMENT, [3, 2]),
        (2, How.EXPERIMENT, [3, 2]),
        (2, How.EXPERIMENT, [2, 2]),
        (2, How.EXPERIMENT, [2]),
        (2, How.EXPERIMENT, [2, 99]),
        (2, How.EXPERIMENT, None),
        (2, How.STEP, [2, 3]),
    ],
    ids=["unapproved", "another live", "live last", "same", "alone", "unknown", "end", "step"],
)
def test_t01_the_database_refuses_it_too(scene: Scene, live: int, how: How, numbers: Any) -> None:
    parts = {1: [100], 2: [50, 50]}
    split = shared(list(zip(numbers, parts[len(numbers)], strict=True))) if numbers else None

    with pytest.raises(IntegrityError):
        written(scene, scene[live], how, split)


def test_t01_the_database_takes_what_is_approved(scene: Scene) -> None:
    """The passing twin."""
    written(scene, scene[2], How.EXPERIMENT, shared([(2, 50), (3, 50)]))

    with pytest.raises(IntegrityError):
        written(scene, scene[2], How.STEP, {**scene.live.split, "arms": scene.live.split["arms"]})
    written(scene, scene[2], How.EXPERIMENT, None)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=30), st.integers(1, 98))
def test_growing_a_share_moves_nobody_out(units: list[str], share: int) -> None:
    before = shared([(1, 100 - share), (2, share)])
    after = {**before, "arms": shared([(1, 99 - share), (2, share + 1)])["arms"]}

    had = {unit for unit in units if arm_for(before, unit)["arm"] == "b"}
    has = {unit for unit in units if arm_for(after, unit)["arm"] == "b"}

    assert had <= has

"""A rollout that goes on by itself: its steps, what stops it, and who it does that for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.environments.actions import change_rule
from apps.environments.models import Release
from apps.environments.queries import terms_of
from apps.experiments.actions import (
    end_plan,
    guard_rollout,
    pause_plan,
    release_by_itself,
    resume_plan,
)
from apps.experiments.metrics import ERRORS, LATENCY, Guard
from apps.experiments.models import RolloutPlan
from apps.experiments.queries.watch import watch
from apps.experiments.states import Hold, OnHarm
from apps.experiments.subscribers import look
from apps.releases.actions import retreat, roll_back, step_as_planned
from apps.teams.actions import revoke
from tests.experiments.scene import Scene, customers

STRICT = [Guard(ERRORS, 0.02)]


def begin(scene: Scene, share: int = 10) -> Release:
    return scene.world.release(scene.prompt, scene[3], "production", share=share)


def plan(scene: Scene, by: str = "releaser", **more: Any) -> RolloutPlan:
    given: dict[str, Any] = {
        "expects": scene.live.pk, "steps": [10, 25, 50, 100], "hold": Hold.SAMPLE, "amount": 100,
        "guards": STRICT, "on_harm": OnHarm.ROLL_BACK,
    }  # fmt: skip
    return guard_rollout(
        scene.prompt, environment=scene.place, **{**given, **more}, actor=scene.world[by]
    )


def send(scene: Scene, units: int, *, failing: int = 0, seed: int = 1) -> None:
    """`units` customers with each version; every `failing`-th call of the new one fails."""
    rows = [(f"{seed}-old-{n}", "a", 2, None) for n in range(units)]
    rows += [(f"{seed}-new-{n}", "b", 3, None) for n in range(units)]
    bad = {f"{seed}-new-{n}" for n in range(units) if failing and n % failing == 0}
    scene.send(rows, errors=bad)


def state(made: RolloutPlan) -> str:
    made.refresh_from_db()
    return str(made.state)


def refused(code: str, act: Any, error: type[Exception] = NotPossible) -> None:
    with pytest.raises(error) as refusal:
        act()

    assert refusal.value.verdict.code == code  # type: ignore[attr-defined]


def test_a_plan_takes_its_steps_for_whoever_made_it(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    shares = []

    for step in range(4):
        send(scene, 110, seed=step)
        look()
        shares.append(scene.live.share)

    assert (shares, state(made)) == ([25, 50, 100, 100], "done")
    assert scene.live.split is None
    entry = AuditEntry.objects.filter(event="releases.release.stepped").order_by("seq")[0]
    assert (entry.actor_kind, entry.on_behalf) == (
        "system", [f"person:{scene.world['releaser'].pk}"],
    )  # fmt: skip
    assert entry.data["evidence"]["units"] == {"a": 110, "b": 110}


def released(scene: Scene, by: str = "releaser", **more: Any) -> RolloutPlan:
    given: dict[str, Any] = {
        "version": scene[3], "expects": scene.live.pk, "steps": [5, 50, 100], "hold": Hold.SAMPLE,
        "amount": 100, "guards": STRICT, "on_harm": OnHarm.ROLL_BACK, "reason": "Carefully",
    }  # fmt: skip
    return release_by_itself(
        scene.prompt, environment=scene.place, **{**given, **more}, actor=scene.world[by]
    )


def test_a_release_and_its_plan_are_one_act(scene: Scene) -> None:
    made = released(scene)

    assert (scene.live.version, scene.live.share, scene.live.reason) == (scene[3], 5, "Carefully")
    assert (made.split_id, made.steps, made.limits) == (
        scene.live.split["id"],
        [5, 50, 100],
        STRICT,
    )
    events = AuditEntry.objects.order_by("-seq").values_list("event", flat=True)[:2]
    assert list(events) == ["experiments.rollout.planned", "releases.release.made"]
    send(scene, 110)
    look()
    assert scene.live.share == 50


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"steps": [100]}, "steps"),
        ({"steps": [50, 5]}, "steps"),
        ({"steps": []}, "steps"),
        ({"amount": None}, "amount"),
        ({"guards": [Guard(ERRORS, -1)]}, "guards"),
    ],
)
def test_a_plan_that_cannot_be_releases_nothing(scene: Scene, more: Any, field: str) -> None:
    before = scene.live.pk

    with pytest.raises(Invalid) as wrong:
        released(scene, **more)

    assert (list(wrong.value.errors), scene.live.pk, RolloutPlan.objects.count()) == (
        [field],
        before,
        0,
    )


def test_a_release_by_itself_asks_the_gates_and_the_rights_of_a_release(scene: Scene) -> None:
    before = scene.live.pk
    refused("missing_right", lambda: released(scene, by="author"), NotAllowed)
    refused("gate_closed", lambda: released(scene, version=scene[4]))
    refused("stale_release", lambda: released(scene, expects=before - 1))
    assert (scene.live.pk, RolloutPlan.objects.count()) == (before, 0)

    assert released(scene).version == scene[3]
    refused("planned_already", lambda: released(scene))


def test_a_step_waits_for_its_sample_or_its_time(scene: Scene) -> None:
    begin(scene)
    plan(scene, amount=100)
    send(scene, 99)

    assert (look(), scene.live.share) == (0, 10)


def test_a_step_at_a_time_is_due_when_that_is_over(scene: Scene) -> None:
    begin(scene)
    seen = watch(plan(scene, hold=Hold.TIME, amount=2), scene.live)
    at = scene.live.made_at

    assert seen.due(at + timedelta(hours=1, minutes=59)) is None
    assert seen.due(at + timedelta(hours=2)) == 25


def test_a_plan_of_a_person_only_guards(scene: Scene) -> None:
    begin(scene)
    plan(scene, hold=Hold.PERSON, amount=None)
    send(scene, 400)

    assert (look(), scene.live.share) == (0, 10)


def test_harm_rolls_back_with_the_evidence_in_the_record(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    send(scene, 300, failing=3)

    look()

    assert (state(made), scene.live.version, scene.live.split) == ("rolled_back", scene[2], None)
    assert (scene.live.how, scene.live.made_by_kind, scene.live.made_by) == (
        "roll_back", "system", None,
    )  # fmt: skip
    assert scene.live.reason == (
        "Calls that fail: 33.3 % with v3 and 0.0 % with v2, of 300 and 300 customers."
        " At most 2 points more was allowed."
    )
    entry = AuditEntry.objects.get(event="releases.release.rolled_back")
    assert entry.data["evidence"]["guards"] == [
        {
            "metric": "errors", "worse": 0.02, "before": 0.0, "after": 0.333333,
            "units": [300, 300], "limit": "broken",
        }
    ]  # fmt: skip


def test_no_harm_rolls_nothing_back(scene: Scene) -> None:
    """The passing twin: as many calls, none that fails."""
    begin(scene)
    made = plan(scene, hold=Hold.PERSON, amount=None)
    send(scene, 300)

    look()

    assert (state(made), scene.live.share) == ("running", 10)


def test_a_slower_version_is_harm_as_well(scene: Scene) -> None:
    begin(scene)
    made = plan(scene, guards=[Guard(LATENCY, 0.2)])
    scene.send([(f"old-{n}", "a", 2, None) for n in range(100)], latency=200)
    scene.send([(f"new-{n}", "b", 3, None) for n in range(100)], latency=300)

    look()

    assert state(made) == "rolled_back"


@pytest.mark.parametrize(
    ("on_harm", "after", "share"), [("pause", "paused", 10), ("notify", "running", 10)]
)
def test_harm_pauses_or_only_tells_where_the_plan_says_so(
    scene: Scene, on_harm: str, after: str, share: int
) -> None:
    begin(scene)
    made = plan(scene, on_harm=OnHarm(on_harm), hold=Hold.PERSON, amount=None)
    send(scene, 300, failing=3)

    told = [look(), look()]

    assert (told, state(made), scene.live.share) == ([1, 0], after, share)
    assert AuditEntry.objects.filter(event="experiments.rollout.harmed").count() == 1


def test_harm_only_pauses_where_a_roll_back_needs_an_approval(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    rule = scene.place.rules.get()
    terms = replace(terms_of(rule), roll_back_approved=True)
    change_rule(rule, terms=terms, reason="Careful", actor=scene.world.admin)
    send(scene, 300, failing=3)

    look()

    assert (state(made), scene.live.share) == ("paused", 10)


def test_a_person_lets_it_go_on_or_ends_it(scene: Scene) -> None:
    begin(scene)
    made, releaser = plan(scene), scene.world["releaser"]

    paused = pause_plan(made, reason="Look first", actor=releaser)
    send(scene, 120)
    assert (look(), paused.state) == (0, "paused")
    resumed = resume_plan(made, actor=releaser)
    look()

    assert (resumed.state, scene.live.share) == ("running", 25)
    assert end_plan(made, actor=releaser).state == "ended"
    refused("plan_moved", lambda: end_plan(made, actor=releaser))
    refused("missing_right", lambda: pause_plan(made, actor=scene.world["author"]), NotAllowed)


def test_t07_a_planner_who_lost_the_right_takes_no_step(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    desk, releaser = scene.world.desk, scene.world["releaser"]
    revoke(desk, role="releaser", to=releaser, actor=scene.world.admin)
    send(scene, 120)

    look()

    assert (state(made), scene.live.share) == ("paused", 10)
    assert "may not" in made.words


def test_t07_only_the_system_takes_planned_steps(scene: Scene) -> None:
    begin(scene)
    told: dict[str, Any] = {
        "environment": scene.place, "expects": scene.live.pk, "reason": "", "evidence": {},
        "planner": scene.world["releaser"], "actor": scene.world["releaser"],
    }  # fmt: skip

    refused("system_only", lambda: step_as_planned(scene.prompt, share=50, **told), NotAllowed)
    refused("system_only", lambda: retreat(scene.prompt, **told), NotAllowed)


def test_a_plan_is_over_with_its_rollout(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    roll_back(
        scene.prompt, environment=scene.place, version=scene[2], expects=scene.live.pk,
        reason="Rude", actor=scene.world["releaser"],
    )  # fmt: skip

    look()

    assert state(made) == "ended"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"steps": []}, "steps"),
        ({"steps": [50, 25]}, "steps"),
        ({"steps": [25, 101]}, "steps"),
        ({"steps": [5, 10]}, "steps"),
        ({"amount": None}, "amount"),
        ({"hold": Hold.TIME, "amount": 10_000}, "amount"),
        ({"guards": [Guard(ERRORS, -1)]}, "guards"),
    ],
)
def test_a_plan_that_does_not_fit_says_where(scene: Scene, more: Any, field: str) -> None:
    begin(scene)

    with pytest.raises(Invalid) as refusal:
        plan(scene, **more)

    assert list(refusal.value.errors) == [field]


def test_a_plan_needs_a_rollout_a_right_and_is_the_only_one(scene: Scene) -> None:
    refused("no_rollout", lambda: plan(scene))
    begin(scene)
    refused("missing_right", lambda: plan(scene, by="author"), NotAllowed)
    refused("stale_release", lambda: plan(scene, expects=1))
    plan(scene)

    refused("planned_already", lambda: plan(scene))


def test_a_plan_stays_what_it_was_made_for(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    made.steps = [100]

    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_a_few_calls_are_no_harm(scene: Scene) -> None:
    begin(scene)
    made = plan(scene)
    scene.send([(f"new-{n}", "b", 3, None) for n in range(20)], errors={"new-1", "new-2"})
    scene.send(customers(10, 0.5, 0.5))

    assert (look(), state(made)) == (0, "running")

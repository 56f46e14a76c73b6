"""An experiment from its set-up to its end; every refusal in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.delivery.models import LogEvent
from apps.experiments.actions import (
    abandon_experiment,
    change_experiment,
    choose_winner,
    interrupt_experiment,
    stop_experiment,
)
from apps.experiments.metrics import COST, ERRORS, Guard, feedback
from apps.experiments.models import Experiment
from apps.experiments.queries import standing_of
from apps.experiments.subscribers import look
from apps.prompts.actions import deprecate_prompt
from tests.delivery.calls.made import emptied
from tests.experiments.scene import Scene, customers
from tests.releases.world import move_back


def refused(code: str, act: Any, error: type[Exception] = NotPossible) -> str:
    with pytest.raises(error) as refusal:
        act()

    assert refusal.value.verdict.code == code  # type: ignore[attr-defined]
    return str(refusal.value)


def asks(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"attribute": name, "operator": operator, "values": list(values)}


def wrong(act: Any) -> list[str]:
    """The fields that could not be taken."""
    with pytest.raises(Invalid) as refusal:
        act()
    return sorted(refusal.value.errors)


def test_an_experiment_is_set_up_and_changes_nothing(scene: Scene) -> None:
    before = scene.live.pk

    made = scene.make()

    assert (made.state, made.arms[1], scene.live.pk) == (
        "draft", {"arm": "b", "version": 3, "weight": 50}, before,
    )  # fmt: skip
    assert AuditEntry.objects.order_by("-seq")[0].event == "experiments.experiment.made"


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"weights": (50, 49)}, ["weights"]),
        ({"weights": (100, 0)}, ["weights"]),
        ({"numbers": (2, 2)}, ["versions"]),
        ({"numbers": (3, 2)}, ["versions"]),
        ({"numbers": (2,), "weights": (100,)}, ["versions"]),
        ({"smallest": 0.0}, ["smallest"]),
        ({"smallest": float("nan")}, ["smallest"]),
        ({"days": 0}, ["days"]),
        ({"days": 93}, ["days"]),
        ({"name": " "}, ["name"]),
        ({"hypothesis": ""}, ["hypothesis"]),
        ({"guards": [Guard(ERRORS, -0.1)]}, ["guards"]),
        ({"audience": [asks("Plan", "in", "pro")]}, ["audience"]),
        ({"audience": [asks("plan", "at_least", "pro")]}, ["audience"]),
        ({"audience": [asks("plan", "in")]}, ["audience"]),
        ({"audience": [asks("plan", "in", *map(str, range(21)))]}, ["audience"]),
        ({"audience": [asks("plan", "in", "x" * 101)]}, ["audience"]),
        ({"audience": [asks("plan", "in", "a\x00")]}, ["audience"]),
        ({"audience": [asks("plan", "in", "a"), asks("plan", "not_in", "b")]}, ["audience"]),
        ({"audience": [asks(name, "in", "a") for name in "abcd"]}, ["audience"]),
    ],
)
def test_an_experiment_that_does_not_fit_says_where(scene: Scene, more: Any, fields: Any) -> None:
    numbers, weights = more.pop("numbers", (2, 3)), more.pop("weights", (50, 50))
    shares = [(scene[number], weight) for number, weight in zip(numbers, weights, strict=True)]

    assert wrong(lambda: scene.make(shares=shares, **more)) == fields
    assert Experiment.objects.count() == 0


def test_making_and_starting_need_their_rights(scene: Scene) -> None:
    scene.past()
    made = scene.make()

    refused("missing_right", lambda: scene.make(by="viewer"), NotAllowed)
    refused("not_found", lambda: scene.make(by="outsider"), NotVisible)
    refused("missing_right", lambda: scene.start(made, by="author"), NotAllowed)
    assert AuditEntry.objects.order_by("-seq")[0].outcome == "denied"


def test_a_start_shares_the_traffic_and_fixes_what_is_asked(scene: Scene) -> None:
    running = scene.began()

    assert (running.state, running.split_id) == ("running", scene.live.split["id"])
    assert running.plan["units"] > 2 * 100
    refused("started_already", lambda: scene.start(running))
    refused(
        "started_already",
        lambda: change_experiment(running, design=scene.design(), actor=scene.world["author"]),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        running.smallest = 0.5
        running.save()


def test_a_draft_is_changed_and_given_up(scene: Scene) -> None:
    made = scene.make()

    changed = change_experiment(
        made, design=scene.design(name="Short words"), actor=scene.world["author"]
    )
    over = abandon_experiment(changed, actor=scene.world["author"])

    assert (changed.name, over.state) == ("Short words", "abandoned")
    refused("over", lambda: scene.start(over))


def test_one_experiment_at_a_time(scene: Scene) -> None:
    running = scene.began()
    other = scene.make(name="Another")

    said = refused("another_runs", lambda: scene.start(other))

    assert said.startswith(f"“{running.name}” runs in Production.")


def test_a_metric_that_nobody_sends_is_told_with_the_code_that_sends_it(scene: Scene) -> None:
    scene.past()
    never = scene.make(metric=feedback("smiles", "yes_no"))

    said = refused("no_metric", lambda: scene.start(never))

    assert said == (
        "Feedback “smiles” never came from an application. Send it first:"
        " galley.feedback(prompt, smiles=True)"
    )


def test_a_metric_that_stopped_coming_says_when_it_came_last(scene: Scene) -> None:
    scene.send([("old", "", 2, 1)], days_ago=20, split="")
    made = scene.make()

    said = refused("no_metric", lambda: scene.start(made))

    assert "was last received on" in said


def test_a_guard_that_nobody_sends_is_refused_too(scene: Scene) -> None:
    scene.past()
    made = scene.make(guards=[Guard(feedback("smiles", "score"), 0.1)])

    refused("no_metric", lambda: scene.start(made))


def test_a_metric_without_spread_cannot_be_planned(scene: Scene) -> None:
    scene.past()
    made = scene.make(metric=COST)

    refused("no_spread", lambda: scene.start(made))


def test_a_deprecated_prompt_and_another_live_version_are_refused(scene: Scene) -> None:
    scene.past()
    made = scene.make()
    move_back(scene.world, scene.prompt)

    said = refused("other_live", lambda: scene.start(made))
    deprecate_prompt(scene.prompt, reason="Old", actor=scene.world.admin)

    assert said.startswith("v1 is live in Production now")
    refused("deprecated", scene.make)


def test_t01_a_version_without_approval_gets_no_share(scene: Scene) -> None:
    scene.past()
    scene.world.put_live(scene.prompt, scene[4], "staging")
    made = scene.make(shares=[(scene[2], 90), (scene[4], 10)])

    refused("gate_closed", lambda: scene.start(made))
    assert scene.live.split is None


def test_the_better_version_is_found_and_goes_live_through_its_gates(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(1200, 0.5, 0.75))

    now = standing_of(running)
    done = choose_winner(running, arm="b", expects=scene.live.pk, actor=scene.world["releaser"])

    assert (now.found, now.lead.arm) == ("better", "b")
    assert now.verdict.startswith("B is better: Feedback “thumbs” +")
    assert (done.state, done.winner, scene.live.version, scene.live.split) == (
        "decided", "b", scene[3], None,
    )  # fmt: skip
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.event, entry.data["finding"]) == ("experiments.experiment.decided", "better")


def test_what_it_said_is_kept_when_its_calls_are_gone(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(1200, 0.5, 0.75))
    before = standing_of(running).verdict

    over = stop_experiment(
        running, expects=scene.live.pk, reason="Holidays", actor=scene.world["releaser"]
    )
    scene.send(customers(600, 0.9, 0.1, seed=2), split=running.split_id)
    found = Experiment.objects.get(pk=over.pk)

    assert (over.state, scene.live.version, scene.live.split) == ("stopped", scene[2], None)
    assert standing_of(found).verdict == before


def test_the_first_version_can_win_too(scene: Scene) -> None:
    running = scene.began()

    done = choose_winner(running, arm="a", expects=scene.live.pk, actor=scene.world["releaser"])

    assert (done.winner, scene.live.version) == ("a", scene[2])
    refused(
        "not_running",
        lambda: choose_winner(done, arm="a", expects=scene.live.pk, actor=scene.world["releaser"]),
    )


def test_ending_needs_the_right_a_reason_and_what_is_live(scene: Scene) -> None:
    running, releaser = scene.began(), scene.world["releaser"]

    def stop(**more: Any) -> Experiment:
        given = {"expects": scene.live.pk, "reason": "Enough", "actor": releaser}
        return stop_experiment(running, **{**given, **more})

    assert wrong(lambda: stop(reason=" ")) == ["reason"]
    refused("missing_right", lambda: stop(actor=scene.world["author"]), NotAllowed)
    refused("stale_release", lambda: stop(expects=1))
    refused(
        "no_arm", lambda: choose_winner(running, arm="x", expects=scene.live.pk, actor=releaser)
    )
    assert stop().state == "stopped"


def test_a_release_in_its_place_ends_it(scene: Scene) -> None:
    running = scene.began()
    refused("goes_on", lambda: interrupt_experiment(running, actor=SYSTEM))
    scene.world.release(scene.prompt, scene[3], "production")

    handled = look()

    running.refresh_from_db()
    assert (handled, running.state, running.outcome) == (
        1, "stopped", "v3 went live for everybody.",
    )  # fmt: skip


def test_something_to_say_is_told_once(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(1200, 0.5, 0.75))

    told = [look(), look()]

    running.refresh_from_db()
    assert (told, running.told) == ([1, 0], "better")


def test_no_verdict_with_fewer_than_100_customers_of_each(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(150, 0.1, 0.9))

    assert standing_of(running).found == "few"


def test_a_split_that_is_not_as_planned_blocks_the_verdict(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(2000, 0.5, 0.75, share=0.4))

    now = standing_of(running)

    assert (now.found, now.lead.found) == ("ratio", "better")
    assert now.verdict.startswith("No verdict")


def test_the_first_arm_of_a_customer_counts_and_the_rest_is_counted_apart(scene: Scene) -> None:
    running = scene.began()
    scene.send([("one", "a", 2, 1), ("two", "b", 3, 1)], days_ago=0.002)
    scene.send([("one", "b", 3, 0), ("", "", 2, None)])
    scene.send([("", "", 2, None)], split="")

    facts = standing_of(running).facts

    assert (facts.units, facts.mixed, facts.without_unit) == ({"a": [1], "b": [1]}, 1, 2)
    assert facts.metrics["feedback:thumbs"]["a"] == [(1, 0.5, 0.25)]


def test_an_audience_is_fixed_with_the_release_and_the_trail_says_it(scene: Scene) -> None:
    audience = [asks("plan", "in", "pro", "team"), asks("country", "not_in", "DE")]

    running = scene.began(audience=audience)

    told = scene.live.split
    assert (running.audience, told["audience"]) == (audience, {"all": audience})
    entries = AuditEntry.objects.order_by("-seq")[:2]
    assert {entry.event: entry.data["audience"] for entry in entries} == {
        "experiments.experiment.started": audience, "releases.split.begun": audience,
    }  # fmt: skip
    for change in ({"audience": []}, {"audience": audience[:1]}):
        with pytest.raises(IntegrityError, match="is fixed"), transaction.atomic():
            Experiment.objects.filter(pk=running.pk).update(**change)


def test_whoever_the_audience_left_out_is_counted_apart(scene: Scene) -> None:
    """Who was in it at any time counts as the others do."""
    running = scene.began(audience=[asks("plan", "in", "pro")])
    assert not standing_of(running).nobody_inside
    out = [("one", "outside", 2, 1), ("two", "outside", 2, 0)]
    scene.send(out, days_ago=0.002, split="")
    assert standing_of(running).nobody_inside
    scene.send([("one", "b", 3, 0), ("three", "a", 2, 1)])

    now = standing_of(running)

    assert (now.facts.units, now.facts.mixed, now.facts.outside) == ({"a": [1], "b": [1]}, 0, 1)
    assert now.facts.metrics["feedback:thumbs"]["b"] == [(1, 0.0, 0.0)]
    assert not now.nobody_inside


def test_a_broken_guard_is_told(scene: Scene) -> None:
    running = scene.began()
    rows = customers(1200, 0.5, 0.5)
    failing = {unit for unit, arm, *_rest in rows if arm == "b" and int(unit[-1]) < 3}
    scene.send(rows, errors=failing)

    now = standing_of(running)

    assert [line.limit for line in now.lead.guards] == ["broken"]
    assert look() == 1


def test_groups_are_read_by_model_and_tag(scene: Scene) -> None:
    running = scene.began()
    scene.send(customers(40, 0.5, 0.5), tags=["phone"])
    alone = [name for name, _sums in standing_of(running).facts.groups]
    scene.send(customers(20, 0.5, 0.5, seed=2), model="openai/gpt-5-mini")

    words = [name for name, _sums in standing_of(running).facts.groups]

    assert (alone, words) == (["phone"], ["openai/gpt-5", "phone", "openai/gpt-5-mini"])


@pytest.fixture
def columnar(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from apps.delivery.calls import chosen

    runner = emptied()
    monkeypatch.setattr(chosen, "_runner", lambda: runner)
    settings.GALLEY_CALLS_ENGINE = "columnar"
    chosen.calls.cache_clear(), chosen.units.cache_clear()
    yield
    chosen.calls.cache_clear(), chosen.units.cache_clear()


def test_an_experiment_says_the_same_on_the_columnar_engine(scene: Scene, columnar: None) -> None:
    """From its start to its verdict, with every call kept there alone."""
    running = scene.began()
    scene.send(customers(2000, 0.5, 0.75))

    now = standing_of(running)

    assert (now.found, now.ratio_off, LogEvent.objects.count()) == ("better", False, 0)
    assert sum(now.facts.looks(["a", "b"])[-1]) == 2000

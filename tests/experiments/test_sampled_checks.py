"""What sampled checks say of live answers decides an experiment, and guards a rollout."""

from __future__ import annotations

import pytest

from apps.core.errors import NotPossible
from apps.delivery.checked import EVERY, name_of
from apps.evaluations.actions import add_check, make_suite
from apps.experiments.forms import ExperimentForm
from apps.experiments.metrics import ERRORS, Guard, Metric, feedback
from apps.experiments.queries import standing_of
from apps.experiments.queries.baseline import choices_of_metric
from apps.experiments.sentences import metric_name
from apps.experiments.subscribers import look
from tests.experiments.scene import Scene, customers
from tests.experiments.test_rollout_plans import begin, plan, state

PASSES = feedback(EVERY, "yes_no")


def test_a_sampled_check_decides_an_experiment(scene: Scene) -> None:
    scene.past(name=EVERY)
    running = scene.start(scene.make(metric=PASSES))
    scene.send(customers(1200, 0.5, 0.75), name=EVERY)

    now = standing_of(running)

    assert (now.found, now.lead.arm) == ("better", "b")
    assert now.verdict.startswith("B is better: Live answers that pass every check +")


def test_a_sampled_check_guards_an_experiment(scene: Scene) -> None:
    scene.past()
    scene.past(name=EVERY, units=201)
    running = scene.start(scene.make(guards=[Guard(PASSES, 0.02)]))
    scene.send(customers(400, 0.9, 0.4), name=EVERY)

    now = standing_of(running)

    assert [line.limit for line in now.lead.guards] == ["broken"]
    assert metric_name(now.lead.guards[0].guard.metric) == "Live answers that pass every check"


@pytest.mark.parametrize(("new", "rolled_back"), [(0.3, True), (0.9, False)])
def test_a_sampled_check_takes_a_rollout_back(scene: Scene, new: float, rolled_back: bool) -> None:
    scene.past(name=EVERY)
    begin(scene)
    made = plan(scene, guards=[Guard(PASSES, 0.05)], amount=5000)
    scene.send(customers(400, 0.9, new), name=EVERY)

    look()

    assert (state(made) == "rolled_back", scene.live.split is None) == (rolled_back, rolled_back)


def test_a_check_that_judged_nothing_is_refused_without_code(scene: Scene) -> None:
    scene.past()
    never = scene.make(metric=PASSES)

    with pytest.raises(NotPossible, match="none was judged here. Check live answers") as refusal:
        scene.start(never)
    assert "galley.feedback" not in str(refusal.value)

    scene.past(name=EVERY, units=201)
    assert scene.start(never).state == "running"


def test_checks_are_offered_in_words_after_what_people_say(scene: Scene) -> None:
    author = scene.world["author"]
    suite = make_suite(scene.prompt.namespace, name="Live", actor=author)
    check = add_check(suite, kind="word_count", settings={"most": 3}, actor=author)
    name = name_of(str(check.key))
    scene.past(units=30, name=name)
    scene.past(units=25, name=EVERY)
    scene.past(units=20)

    found = choices_of_metric(scene.prompt, scene.place)

    assert [metric_name(metric) for metric in found[:4]] == [
        "Feedback “thumbs”", "Live answers that pass every check",
        "Live answers that pass “Has at most 3 words”", "Calls that fail",
    ]  # fmt: skip
    assert Metric.of(found[2].stored()) == found[2]
    assert found[2].is_check and not found[0].is_check and not ERRORS.is_check


def test_more_answers_that_pass_are_always_better(scene: Scene) -> None:
    thumbs = feedback("thumbs", "yes_no")
    shown = {"live": scene.live, "others": [scene[3]], "metrics": [PASSES, thumbs]}
    data = {"less": "on", "environment": "production", "name": "x", "hypothesis": "y", "days": "9"}

    goals = []
    for metric in (PASSES, thumbs):
        form = ExperimentForm({**data, "metric": metric.key}, **shown)
        form.is_valid()
        goals.append(form.goal.higher)

    assert goals == [True, False]

"""The pages of experiments and of planned rollouts: what they say, and what they keep typed."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse

from apps.audit.subscribers import run_all
from apps.experiments.metrics import ERRORS, Guard
from apps.experiments.models import Experiment, RolloutPlan
from apps.experiments.subscribers import look
from apps.notifications.queries import inbox
from tests.experiments.scene import Scene, customers
from tests.experiments.test_rollout_plans import begin, plan, send

TYPED = {
    "environment": "production", "name": "Plain words", "hypothesis": "Better understood.",
    "metric": "feedback:thumbs", "smallest": "10", "days": "14", "weight_a": "50",
    "version_b": "3", "weight_b": "50", "guard-errors": "2",
}  # fmt: skip


def post(client: Any, scene: Scene, by: str, name: str, args: Any, data: Any) -> Any:
    client.force_login(scene.world[by])
    return client.post(reverse(name, args=args), data)


def made(client: Any, scene: Scene, **more: Any) -> Any:
    data = {**TYPED, **more}
    return post(client, scene, "author", "experiments:make_experiment", [scene.prompt.path], data)


def page(client: Any, scene: Scene, by: str, name: str, *args: Any, **headers: Any) -> str:
    client.force_login(scene.world[by])
    return client.get(reverse(name, args=args), headers=headers).content.decode()


def test_the_page_sets_one_up_as_it_was_typed(client, scene: Scene) -> None:
    scene.past()

    answer = made(client, scene)

    found = Experiment.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/experiments/{found.pk}/")
    assert (found.goal.kind, found.smallest, found.limits) == (
        "yes_no", 0.1, [Guard(ERRORS, 0.02)],
    )  # fmt: skip


def test_shares_that_make_99_keep_what_was_typed(client, scene: Scene) -> None:
    scene.past()

    answer = made(client, scene, weight_b="49")

    text = answer.content.decode()
    assert (answer.status_code, Experiment.objects.count()) == (422, 0)
    assert "The shares make 99 %." in text
    assert 'value="Plain words"' in text


BY_ITSELF = {
    "environment": "production", "version": "3", "steps": "5, 25, 100", "hold": "time",
    "amount": "2", "on_harm": "pause", "guard-errors": "1.5", "reason": "Carefully",
}  # fmt: skip


def test_the_release_panel_leads_to_a_release_that_goes_on_by_itself(client, scene: Scene) -> None:
    client.force_login(scene.world["releaser"])
    asked = {"version": "3", "environment": "production"}
    panel = client.get(reverse("releases:release_version", args=[scene.prompt.path]), asked)
    address = reverse("experiments:release_by_itself", args=[scene.prompt.path])
    assert f"{address}?version=3&amp;environment=production" in panel.content.decode()

    shown = client.get(address, asked, headers={"HX-Request": "true"}).content.decode()
    typed = {**BY_ITSELF, "expects": str(scene.live.pk)}
    bad = client.post(address, {**typed, "steps": "100"})
    closed = client.post(address, {**typed, "version": "4"})
    stale = client.post(address, {**typed, "expects": str(scene.live.pk - 1)})
    done = client.post(address, typed)

    assert "Review approved" in shown or "gate" in shown
    assert (bad.status_code, "Name a larger share after it." in bad.content.decode()) == (422, True)
    assert (closed.status_code, "as soon as nothing is missing" in closed.content.decode()) == (
        409,
        True,
    )
    assert (stale.status_code, "Carefully" in stale.content.decode()) == (409, True)
    assert (done.status_code, scene.live.share) == (302, 5)
    made = RolloutPlan.objects.get()
    assert (made.steps, made.on_harm, made.limits) == (
        [5, 25, 100],
        "pause",
        [Guard(ERRORS, 0.015)],
    )


def test_where_an_experiment_runs_it_is_stopped_rather_than_rolled_back(
    client, scene: Scene
) -> None:
    running = scene.began(name="<b>Plain")
    end = reverse("experiments:end_experiment", args=[running.pk])
    board = ("pages:board",)
    releases = ("pages:prompt_releases", scene.prompt.path)

    for where in (board, releases):
        text = page(client, scene, "releaser", *where)
        assert f'href="{end}"' in text and "Stop the experiment" in text
        assert end not in page(client, scene, "author", *where)
    address = reverse("releases:roll_back", args=[scene.prompt.path])
    back = f"{address}?environment=production"
    assert back not in page(client, scene, "releaser", *board)
    client.force_login(scene.world["releaser"])
    words = "A roll back ends it without a winner"
    assert words in client.get(address).content.decode()

    client.post(end, {"expects": scene.live.pk, "outcome": "stop", "reason": "Enough"})
    assert "Stop the experiment" not in page(client, scene, "releaser", *board)
    assert back in page(client, scene, "releaser", *board)
    assert words not in client.get(address).content.decode()


AUDIENCE = {
    "attribute_1": "plan", "operator_1": "in", "values_1": "pro, team, pro",
    "attribute_2": "country", "operator_2": "not_in", "values_2": "DE",
}  # fmt: skip


def test_the_audience_is_taken_as_typed_and_shown(client, scene: Scene) -> None:
    scene.past(units=400)

    answer = made(client, scene, **AUDIENCE)

    found = Experiment.objects.get()
    assert (answer.status_code, found.audience) == (302, [
        {"attribute": "plan", "operator": "in", "values": ["pro", "team"]},
        {"attribute": "country", "operator": "not_in", "values": ["DE"]},
    ])  # fmt: skip
    for name, by in (("experiment", "author"), ("start_experiment", "releaser")):
        text = page(client, scene, by, f"experiments:{name}", found.pk)
        assert "plan is one of pro, team" in text and "country is none of DE" in text
        assert "The audience is a part of them" in text
    text = page(client, scene, "author", "experiments:change_experiment", found.pk)
    assert 'value="pro, team"' in text


def test_an_audience_that_cannot_be_keeps_what_was_typed(client, scene: Scene) -> None:
    scene.past()

    answer = made(client, scene, **{**AUDIENCE, "attribute_1": "Plan of <b>"})

    text = answer.content.decode()
    assert (answer.status_code, Experiment.objects.count()) == (422, 0)
    assert "“Plan of &lt;b&gt;” names no attribute. Use small letters" in text
    assert 'value="Plan of &lt;b&gt;"' in text and 'value="pro, team, pro"' in text


def test_the_estimate_follows_what_stands_in_the_form(client, scene: Scene) -> None:
    scene.past(units=400)
    client.force_login(scene.world["author"])
    address = reverse("experiments:make_experiment", args=[scene.prompt.path])

    def estimate(smallest: str) -> str:
        data = {**TYPED, "smallest": smallest}
        answer = client.get(address, data, headers={"HX-Request": "true"})
        return answer.content.decode()

    def customers_of(text: str) -> int:
        found = re.search(r"About ([0-9 ]+) customers, ([0-9]+) days", text)
        assert found is not None
        return int(found[1].replace(" ", ""))

    wide, narrow = customers_of(estimate("20")), customers_of(estimate("10"))
    assert (narrow > 1000, abs(narrow - 4 * wide) < 5) == (True, True)
    assert "Choose what decides" in estimate("")


def test_the_estimate_counts_those_of_whom_the_metric_is_known(client, scene: Scene) -> None:
    """One customer in ten gives feedback: those who say nothing make it no shorter."""
    client.force_login(scene.world["author"])
    address = reverse("experiments:make_experiment", args=[scene.prompt.path])

    def estimate() -> str:
        answer = client.get(address, TYPED, headers={"HX-Request": "true"})
        return answer.content.decode()

    def days_of(text: str) -> list[str]:
        return re.findall(r"customers, ([0-9]+) days", text)

    scene.past(units=400)
    before = estimate()
    scene.send([(f"silent-{n}", "", 2, None) for n in range(3600)], days_ago=5, split="")
    after = estimate()

    assert (len(days_of(before)), days_of(after)) == (1, days_of(before))
    said = "That is 10\u00a0% of those who came. Only of whom it is known counts."
    assert (said in before, said in after) == (False, True)


def test_the_estimate_says_what_is_missing(client, scene: Scene) -> None:
    text = page(client, scene, "author", "experiments:make_experiment", scene.prompt.path)

    assert "Calls that fail never came from an application." in text
    assert "galley.log(prompt, answer)" in text


def test_the_start_page_names_the_gates_and_says_why_not(client, scene: Scene) -> None:
    scene.past()
    scene.world.put_live(scene.prompt, scene[4], "staging")
    found = scene.make(shares=[(scene[2], 90), (scene[4], 10)])

    data = {"expects": scene.live.pk}
    answer = post(client, scene, "releaser", "experiments:start_experiment", [found.pk], data)

    text = answer.content.decode()
    assert (answer.status_code, scene.live.split) == (409, None)
    assert "approval is missing" in text


def test_the_running_page_begins_with_the_verdict(client, scene: Scene) -> None:
    found = scene.began()
    for day in (2, 1, 0):
        scene.send(customers(400, 0.5, 0.75, seed=day), days_ago=day * 0.001)

    whole = page(client, scene, "viewer", "experiments:experiment", found.pk)
    part = page(client, scene, "viewer", "experiments:experiment", found.pk, HX_Request="true")
    releaser = page(client, scene, "releaser", "experiments:experiment", found.pk)

    assert "B is better: Feedback “thumbs” +" in whole
    assert "You can stop now." in whole
    assert ("<html" in whole, "<html" in part) == (True, False)
    assert ("Stop and choose B" in whole, "Stop and choose B" in releaser) == (False, True)


def test_a_split_that_is_off_is_an_alert(client, scene: Scene) -> None:
    found = scene.began()
    scene.send(customers(1500, 0.5, 0.5, share=0.35))

    text = page(client, scene, "viewer", "experiments:experiment", found.pk)

    assert "No verdict: the versions do not get the shares" in text
    assert 'role="alert"' in text


def test_stopping_without_a_reason_keeps_the_form(client, scene: Scene) -> None:
    found = scene.began()
    data = {"expects": scene.live.pk, "outcome": "stop", "reason": ""}

    answer = post(client, scene, "releaser", "experiments:end_experiment", [found.pk], data)
    found.refresh_from_db()

    assert (answer.status_code, found.state) == (422, "running")


def test_the_page_plans_a_rollout_and_pauses_it(client, scene: Scene) -> None:
    begin(scene)
    data = {
        "environment": "production", "expects": scene.live.pk, "steps": "25, 50 %, 100",
        "hold": "sample", "amount": "200", "guard-errors": "2", "on_harm": "roll_back",
    }  # fmt: skip
    args = [scene.prompt.path]

    wrong = post(client, scene, "releaser", "experiments:guard_rollout", args,
                 {**data, "steps": "50, 25"})  # fmt: skip
    post(client, scene, "releaser", "experiments:guard_rollout", args, data)
    act = {"environment": "production", "outcome": "pause"}
    post(client, scene, "releaser", "experiments:guard_rollout", args, act)

    found = RolloutPlan.objects.get()
    assert (wrong.status_code, found.steps, found.state) == (422, [25, 50, 100], "paused")
    assert "Paused" in page(client, scene, "viewer", "pages:prompt_releases", scene.prompt.path)


def test_harm_is_told_to_whoever_planned_it_and_shown_as_an_alarm(client, scene: Scene) -> None:
    begin(scene)
    plan(scene)
    send(scene, 300, failing=3)

    look()
    run_all()

    rows = inbox(scene.world["releaser"]).rows
    assert rows[0].title == "The rollout of Reply v3 in Production does harm: look at it"
    assert rows[0].reason.startswith("Calls that fail: 33.3 % with v3")
    board = page(client, scene, "viewer", "pages:board")
    assert "Rolled back by itself" in board


def test_a_finding_is_told_to_whoever_started_it(scene: Scene) -> None:
    found = scene.began()
    scene.send(customers(1200, 0.5, 0.75))

    look()
    run_all()

    rows = inbox(scene.world["releaser"]).rows
    row = next(one for one in rows if one.title == "An experiment on Reply has something to say")
    assert row.reason.startswith("B is better")
    assert row.url == f"/experiments/{found.pk}/"

"""Real calls become cases: a sample of everything, or the one answer that went wrong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from apps.analytics.queries.calls import calls_of
from apps.analytics.sampling import stratified
from apps.audit.models import AuditEntry
from apps.delivery.actions import set_keeping_rule
from apps.delivery.keeping_terms import Terms as Keeping
from apps.evaluations.actions import add_check, make_suite
from apps.evaluations.models import Run
from apps.llm.actions import set_budget
from apps.llm.questions import DEMO_MODEL
from apps.teams.actions import add_member, create_team
from tests.browser.people import BACKEND
from tests.llm.provided import connect, connected_model

NOW = timezone.now().astimezone(dt.UTC) - dt.timedelta(minutes=5)


def browser(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def suite(told):
    return make_suite(told.world.desk, name="From traffic", actor=told.world["author"])


def post(told, suite, who="author", **data):
    address = f"/prompts/{told.prompt.path}/-/analytics/calls/take/"
    data = {"suite": suite.pk, "environment": "production"} | data
    return browser(told.world[who]).post(address, data)


def kept(told, number, **more):
    for at in range(number):
        values = {"message": f"Where is it, {at}? Write to ana.moreno@alder.bank."}
        told.tell(NOW, variables=values, output="Soon.", **more)


def test_a_sample_has_something_of_each_group_and_is_the_same_again():
    rows = [("a", at) for at in range(90)] + [("b", at) for at in range(9)] + [("c", 0)]

    found = stratified(rows, lambda row: row[0], 9, seed=4)

    assert sorted(row[0] for row in found) == ["a"] * 4 + ["b"] * 4 + ["c"]
    assert found == stratified(rows, lambda row: row[0], 9, seed=4)
    assert found != stratified(rows, lambda row: row[0], 9, seed=5)
    assert len(stratified(rows, lambda row: row[0], 1000, seed=4)) == 100


def test_a_sample_of_last_week_comes_into_a_suite_with_its_values_masked(told, suite):
    kept(told, 12, tags=["chat"])
    kept(told, 2, status="error", version_id=told.versions[1].pk)
    told.tell(NOW, 5)  # nothing is kept of these
    told.tell(NOW - dt.timedelta(days=9), variables={"message": "old"})

    answer = post(told, suite, many="4")

    cases = list(suite.cases.all())
    assert (answer.status_code, len(cases)) == (302, 4)
    assert {case.source for case in cases} == {"traffic"}
    assert sorted("error" in case.tags for case in cases) == [False, False, True, True]
    assert not any("ana.moreno" in case.values["message"] for case in cases)
    assert all(case.values["message"].startswith("Where is it, ") for case in cases)


def test_one_bad_answer_becomes_a_case_by_one_click(told, suite):
    kept(told, 1)
    [shown] = calls_of(told.prompt, told.world.places["production"])

    post(told, suite, call=shown.place)

    [case] = suite.cases.all()
    assert case.tags == ["traffic", "v1"]


def test_what_is_not_kept_is_no_case(told, suite):
    told.tell(NOW, 3)

    post(told, suite)
    post(told, suite, call="nonsense")

    assert suite.cases.count() == 0


def test_only_whoever_may_change_the_suite_takes_calls_into_it(told, suite):
    kept(told, 1)

    answers = [post(told, suite, who).status_code for who in ("viewer", "reviewer", "outsider")]

    assert answers == [403, 403, 404]
    assert suite.cases.count() == 0
    assert post(told, suite).status_code == 302
    assert suite.cases.count() == 1


def replay(told, suite, who="author", **data):
    address = f"/prompts/{told.prompt.path}/-/analytics/calls/replay/?environment=production"
    data = {"suite": suite.pk, "version": "2", "many": "4", "models": DEMO_MODEL} | data
    return browser(told.world[who]).post(address, data)


@pytest.fixture
def judged(told, suite):
    add_check(suite, kind="contains", settings={"texts": ["refund"]}, actor=told.world["author"])
    return suite


def test_last_week_is_replayed_on_a_candidate_beside_what_is_live_in_one_act(told, judged):
    kept(told, 12)

    answer = replay(told, judged)

    run = Run.objects.get(candidate=None)
    assert answer.url == f"/tests/runs/{run.pk}/"
    assert (run.version.number, run.paired.version.number) == (2, 1)
    assert (judged.cases.count(), run.results.count()) == (4, 4)
    assert not any("ana.moreno" in case.values["message"] for case in judged.cases.all())
    assert AuditEntry.objects.filter(event="analytics.calls.replayed").get().data["cases"] == 4


def test_what_it_will_cost_is_said_before_and_nothing_is_taken_for_that(told, judged):
    kept(told, 12)

    answer = replay(told, judged, estimate="1")

    assert answer.status_code == 200
    assert "4 cases ≈ no cost" in answer.content.decode()
    assert (judged.cases.count(), Run.objects.count()) == (0, 0)


def test_the_same_sample_is_not_added_twice(told, judged):
    kept(told, 3)

    replay(told, judged)
    replay(told, judged)

    assert judged.cases.count() == 3
    assert Run.objects.filter(candidate=None).count() == 2


def model_without_budget(told):
    admin, team = told.world.admin, create_team(name="Payers", actor=told.world.admin)
    add_member(team, person=told.world["author"], actor=admin)
    set_budget(team, month_limit=Decimal(0), actor=admin)
    line = connect(admin, base_url="http://127.0.0.1:9/v1", allow_private=True)
    prices = {"input_price": Decimal(100), "output_price": Decimal(100)}
    return connected_model(admin, "test/model", connection=line, remote_name="m", **prices).name


def test_a_suite_leads_to_a_replay_only_where_calls_are_kept(told, suite):
    world, page = told.world, f"/tests/{suite.pk}/"
    there = f'href="/prompts/{told.prompt.path}/-/analytics/calls/replay/?suite={suite.pk}"'

    without = browser(world["author"]).get(page).content.decode()
    set_keeping_rule(world.desk, terms=Keeping(keep_values=True), actor=world.admin)
    kept(told, 1)
    with_calls = browser(world["author"]).get(page).content.decode()
    for_viewer = browser(world["viewer"]).get(page).content.decode()

    assert [there in text for text in (without, with_calls, for_viewer)] == [False, True, False]
    replay_page = browser(world["author"]).get(there.removeprefix('href="').removesuffix('"'))
    assert replay_page.context["form"].initial["suite"] == str(suite.pk)


@pytest.mark.parametrize("why", ["no check", "no values", "no model", "no budget"])
def test_a_replay_that_is_refused_keeps_nothing(told, suite, why):
    author = told.world["author"]
    if why != "no check":
        add_check(suite, kind="contains", settings={"texts": ["refund"]}, actor=author)
    if why != "no values":
        kept(told, 3)
    model = "acme/large" if why == "no model" else DEMO_MODEL
    if why == "no budget":
        model = model_without_budget(told)

    refused = replay(told, suite, models=model).status_code
    taken = (suite.cases.count(), Run.objects.count())

    assert (refused, taken) == (422, (0, 0))


def test_only_whoever_may_run_the_suite_replays_calls(told, judged):
    kept(told, 1)

    answers = [replay(told, judged, who).status_code for who in ("viewer", "reviewer", "outsider")]

    assert answers == [403, 403, 404]
    assert (judged.cases.count(), Run.objects.count()) == (0, 0)
    assert replay(told, judged).status_code == 302

"""Automation of tests: a pipeline adds cases, runs a suite on a version, and reads what came."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEntry
from apps.evaluations.models import Case, Run
from apps.evaluations.running.slices import work
from apps.evaluations.states import CaseSource
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Version
from tests.delivery.api_calls import robot, run, suite, to_run
from tests.delivery.test_manage import get, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(story):
    return robot(story, "write")[1]


def test_pipeline_adds_cases_runs_them_and_reads_each_answer(client, story, key):
    cases = [{"values": {"message": "My card is gone"}, "expected": "card", "tags": ["cards"]}]
    added = post(client, key, f"/suites/{suite(story).pk}/cases", {"cases": cases})
    started = post(client, key, "/runs", to_run(story))
    early = get(client, key, f"/runs/{started.json()['run']}").json()
    work(started.json()["run"])
    told = get(client, key, f"/runs/{started.json()['run']}").json()
    answers = get(client, key, f"/runs/{started.json()['run']}/results").json()

    assert (added.status_code, added.json()["cases"]) == (201, 2)
    assert Case.objects.get(expected="card").source == CaseSource.KEY
    assert (started.status_code, early["state"], early["answers"]["total"]) == (202, "queued", 2)
    assert (told["state"], told["version"], told["environment"]) == ("done", 1, "production")
    assert told["answers"]["passed"] + told["answers"]["failed"] == 2
    assert told["headline"] and told["finished_at"]
    assert [(one["case"], one["of"], one["expected"]) for one in answers["results"]] == [
        (1, "tested", "money"), (2, "tested", "card"),
    ]  # fmt: skip
    assert answers["after"] is None
    first = answers["results"][1]
    assert (first["tags"], first["model"], first["state"]) == (["cards"], DEMO_MODEL, "done")
    assert [one["state"] for one in first["verdicts"]] == ["pass" if first["passed"] else "fail"]
    assert first["answer"] and first["verdicts"][0]["reason"]


def test_run_of_a_newer_version_stands_beside_what_is_live(client, story, key):
    story.version("Better words.")

    told = post(client, key, "/runs", {**to_run(story), "version": 2}).json()
    work(told["run"])
    told = get(client, key, f"/runs/{told['run']}").json()
    answers = get(client, key, f"/runs/{told['run']}/results").json()["results"]
    alone = post(
        client, key, "/runs", {**to_run(story), "version": 2, "compare_with_live": False}
    ).json()

    assert (told["version"], told["live"]["total"], bool(told["comparison"])) == (2, 1, True)
    assert {one["of"] for one in answers} == {"tested", "live"}
    assert (alone["environment"], alone["live"]) == (None, None)


def test_suite_tells_its_checks_in_words_and_its_runs(client, story, key):
    made = run(story)

    listed = get(client, key, "/suites").json()
    told = get(client, key, f"/suites/{suite(story).pk}").json()

    assert [(one["name"], one["cases"], one["checks"]) for one in listed["suites"]] == [
        ("Desk", 1, 1)
    ]
    assert listed["after"] is None
    assert [(one["kind"], bool(one["words"])) for one in told["asked"]] == [("contains", True)]
    assert [one["run"] for one in told["runs"]] == [made.pk]


def test_draft_is_run_as_it_stands(client, story, key):
    told = post(client, key, "/runs", {**to_run(story), "version": None}).json()

    assert (told["version"], told["state"]) == (None, "queued")
    assert Run.objects.get(pk=told["run"]).draft is not None


def test_started_and_cancelled_by_a_key_on_behalf_of_its_owner(client, story, key):
    told = post(client, key, "/runs", to_run(story)).json()
    ended = post(client, key, f"/runs/{told['run']}/cancel", {"reason": "Too slow"})
    again = post(client, key, f"/runs/{told['run']}/cancel", {})

    assert (ended.status_code, ended.json()["state"]) == (200, "cancelled")
    assert (again.status_code, again.json()["code"]) == (409, "run_finished")
    assert ended.json()["requested_by"] == str(story.world["author"])
    entries = AuditEntry.objects.filter(target_kind="run").order_by("seq")
    assert [(one.actor_kind, one.event.rpartition(".")[2]) for one in entries] == [
        ("key", "started"), ("key", "cancelled"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"suite": 999_999}, 404, "not_found"),
        ({"version": 9}, 404, "not_found"),
        ({"prompt": "other/secret"}, 404, "not_found"),
        ({"models": ["nobody/knows"]}, 409, "model_not_connected"),
        ({"models": ["a", "b", "c", "d", "e"]}, 400, "bad_body"),
        ({"repeats": 21}, 400, "bad_body"),
        ({"most_cost": 0}, 400, "bad_body"),
        ({"modells": []}, 400, "unknown_field"),
    ],
)
def test_run_that_cannot_be_is_refused_and_nothing_starts(client, story, key, change, status, code):
    answer = post(client, key, "/runs", {**to_run(story), **change})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Run.objects.exists()


def test_case_that_does_not_fit_is_named_and_none_comes(client, story, key):
    cases = [{"values": {"message": "Good"}}, {"values": {"Not A Name": "x"}}]

    answer = post(client, key, f"/suites/{suite(story).pk}/cases", {"cases": cases})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "Case 2" in answer.json()["detail"]
    assert Case.objects.count() == 1


def test_release_key_reads_and_starts_nothing(client, story):
    _, release = robot(story, "release")
    made = run(story)

    assert get(client, release, f"/runs/{made.pk}").status_code == 200
    assert post(client, release, "/runs", to_run(story)).json()["code"] == "wrong_kind"
    assert Version.objects.filter(prompt=story.prompt).count() == 1

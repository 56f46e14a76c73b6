from __future__ import annotations

from decimal import Decimal

import pytest

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import NotAllowed, NotPossible, NotVisible
from apps.evaluations.actions import RunTerms, cancel_run, rerun_failed, start_run
from apps.evaluations.models import Case
from apps.evaluations.queries import latest_run, run_summary
from apps.llm.actions import set_budget
from apps.notifications.models import InboxItem
from apps.notifications.rows import rows_of
from apps.prompts.actions import give_prompt
from apps.prompts.queries import draft_of
from apps.teams.actions import add_member, create_team, grant
from tests.evaluations.running import CASES, MODEL, connect_to, make_lab, rows, work_all
from tests.llm.provided import PRICES
from tests.llm.provider import last_text, running
from tests.standing import standing

lab = standing(make_lab)
DEAR = {"input_price": Decimal(10), "output_price": Decimal(100)}


def test_run_asks_each_case_once_and_judges_its_answer(lab):
    with running() as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start())

    found = run_summary(run)
    assert (run.state, len(provider.calls), found.everything_passes) == ("done", 3, True)
    assert [row.answer for row in rows(run)] == [f"You said: Answer this: {c[0]}" for c in CASES]
    assert AuditEntry.objects.order_by("-seq").first().event == "evaluations.run.finished"


def test_run_is_compared_with_what_is_live_on_the_same_cases(lab):
    lab.put_live(lab.v1)
    v2 = lab.version("Be short:")

    def reply(body):
        return "money card" if "Answer this" in last_text(body) else "card hello"

    with running(reply=reply) as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start(v2, environment=lab.development))

    found = run_summary(run)
    assert (found.own.passed, found.live.passed) == (2, 2)
    assert (found.comparison.fixed, found.comparison.newly_failing) == (1, 1)
    assert found.headline == "v2 fixes one case and breaks one case"
    assert latest_run(run.suite_version, v2, environment=lab.development) == run
    assert latest_run(run.suite_version, lab.v1) is None


def test_equal_answers_are_used_again_until_asked_afresh(lab):
    with running() as provider:
        connect_to(lab, provider.url)
        work_all(lab.start())
        again = work_all(lab.start())
        asked = len(provider.calls)
        work_all(lab.start(fresh=True))

    assert (asked, len(provider.calls)) == (3, 6)
    assert run_summary(again).own.reused == 3
    assert [row.passed for row in rows(again)] == [True, True, True]


def test_draft_is_tested_as_it_stands(lab):
    lab.version("Be short:")
    with running() as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start(draft_of(lab.prompt)))

    assert (run.version, run.label) == (None, "the draft")
    assert rows(run)[0].answer == f"You said: Be short: {CASES[0][0]}"


def test_provider_error_is_could_not_run_and_is_run_again_alone(lab):
    with running(fault="400") as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start())
        assert (run.state, [row.state for row in rows(run)]) == ("failed", ["could_not_run"] * 3)
        assert [row.passed for row in rows(run)] == [None] * 3
        provider.fault = ""
        rerun_failed(run, actor=lab.ana)
        run = work_all(run)

    assert (run.state, [row.passed for row in rows(run)]) == ("done", [True] * 3)
    with pytest.raises(NotPossible):
        rerun_failed(run, actor=lab.ana)


def test_case_that_does_not_fit_the_prompt_could_not_run(lab):
    Case.objects.filter(suite=lab.suite, position=2).update(values={})
    with running() as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start())

    assert run.state == "partial"
    assert [row.error_code for row in rows(run)] == ["", "does_not_fit", ""]
    assert rows(run)[1].error == "“message” needs a value."


def test_cancelled_run_keeps_what_is_done_and_asks_no_more(lab):
    with running() as provider:
        connect_to(lab, provider.url)
        run = lab.start()
        cancel_run(run, actor=lab.ana)
        run = work_all(run)
        assert (run.state, len(provider.calls)) == ("cancelled", 0)
        rerun_failed(run, actor=lab.ana)
        assert work_all(run).state == "done"

    with pytest.raises(NotPossible):
        cancel_run(run, actor=lab.ana)


def test_start_run_is_for_who_edits_the_suite(lab):
    with pytest.raises(NotAllowed):
        start_run(lab.suite, tested=lab.v1, actor=lab.house.viewer)
    with pytest.raises(NotVisible):
        start_run(lab.suite, tested=lab.v1, actor=lab.house.outsider)

    run = start_run(lab.suite, tested=lab.v1, terms=RunTerms(), actor=lab.ana)

    assert (run.models, run.results.count()) == (["galley/demo"], 3)


def test_start_run_refuses_what_cannot_run(lab):
    with pytest.raises(NotPossible, match="is not connected"):
        lab.start(models=["nobody/knows"])
    Case.objects.filter(suite=lab.suite).update(enabled=False)
    with pytest.raises(NotPossible, match="no case that is switched on"):
        lab.start(models=["galley/demo"])
    Case.objects.filter(suite=lab.suite).update(enabled=True)

    assert lab.start(models=["galley/demo"]).estimate_calls == 3


def test_t29_run_over_the_budget_is_refused_before_it_starts(lab):
    team = create_team(name="Payers", actor=lab.house.admin)
    add_member(team, person=lab.ana, actor=lab.house.admin)
    grant(lab.house.space, role="viewer", to=team, actor=lab.house.admin)
    give_prompt(lab.prompt, owner=team, actor=lab.house.admin)
    lab.prompt.refresh_from_db()
    lab.v1.prompt = lab.prompt
    connect_to(lab, "http://127.0.0.1:9/v1", **PRICES)
    set_budget(team, month_limit=Decimal(0), actor=lab.house.admin)

    with pytest.raises(NotPossible, match="left this month") as refused:
        lab.start()

    assert refused.value.code == "over_budget"
    set_budget(team, month_limit=Decimal(5), actor=lab.house.admin)
    assert lab.start(models=[MODEL]).team == team


def test_t29_run_stops_at_its_own_budget_and_says_how_many_remain(lab):
    lab.more_cases(17)
    with running() as provider:
        connect_to(lab, provider.url, at_once=2, **DEAR)
        free = work_all(lab.start(models=["galley/demo"], most_cost=Decimal(0)))
        run = work_all(lab.start(most_cost=Decimal("0.107")))

    done = sum(row.state == "done" for row in rows(run))
    assert (free.state, run.state, len(provider.calls)) == ("done", "partial", done)
    assert 0 < run.spent <= Decimal("0.107") and done < 20
    assert f"Stopped with {20 - done} answers to go." in run.stopped


def test_t29_own_budget_is_refused_where_the_price_is_not_known(lab):
    connect_to(lab, "http://127.0.0.1:9/v1")

    with pytest.raises(NotPossible, match="price of a model of this run is not known"):
        lab.start(most_cost=Decimal(1))

    assert lab.start().most_cost is None


def test_cancelled_run_says_how_many_remain(lab):
    run = lab.start(models=["galley/demo"])

    cancelled = cancel_run(run, actor=lab.ana)

    cancelled.refresh_from_db()
    assert cancelled.stopped == "Cancelled with 3 answers to go. What was answered is kept."


def test_run_is_in_the_inbox_of_who_started_it_when_it_is_over(lab):
    with running() as provider:
        connect_to(lab, provider.url)
        run = work_all(lab.start())
    run_all()

    items = list(InboxItem.objects.filter(event="evaluations.run.finished"))

    assert [item.person for item in items] == [lab.ana]
    assert rows_of(items)[0].url == f"/tests/runs/{run.pk}/"

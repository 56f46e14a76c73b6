"""Answers of no run, judged by the checks of a suite and paid like everything that asks a model."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.core.errors import NotPossible
from apps.evaluations.checks import Answered, CaseValues
from apps.evaluations.checks.standing_alone import why_not_alone
from apps.evaluations.running.grading import LATE, Sample, grade, grading_of
from apps.evaluations.running.paid import Payer
from apps.llm.actions import OverBudget, set_budget
from apps.llm.budget_queries import month_for
from apps.teams.actions import create_team
from tests.evaluations.running import MODEL, connect_to, make_lab
from tests.llm.provider import running
from tests.standing import standing

lab = standing(make_lab)
PRICED = {"input_price": Decimal(100), "output_price": Decimal(100)}


def check(kind, **settings):
    return {"key": kind, "kind": kind, "settings": settings, "weight": 1, "required": False}


POLITE = check("judge_question", question="Is it polite?", model=MODEL)
SHORT = check("word_count", most=3)


def samples(*texts):
    return [Sample(Answered(text), CaseValues({"message": "Hi"})) for text in texts]


def payer_of(lab, team):
    return Payer(lab.house.space, team, "live check", "live:1")


def test_answers_are_judged_and_the_judge_is_paid(lab):
    team = create_team(name="Payers", actor=lab.house.admin)
    with running(reply=lambda _body: '{"reply": "yes", "evidence": "Gladly"}') as provider:
        connect_to(lab, provider.url, **PRICED)
        work = grading_of([POLITE, SHORT], samples("Gladly.", "Gladly, as I said."),
                          payer=payer_of(lab, team))  # fmt: skip
        first, second = grade(work)

    states = [{key: one.state for key, one in each.verdicts.items()} for each in (first, second)]
    assert states == [
        {"judge_question": "pass", "word_count": "pass"},
        {"judge_question": "pass", "word_count": "fail"},
    ]
    assert (work.calls, len(provider.calls)) == (2, 2)
    assert month_for(team).spent == first.cost + second.cost > 0
    assert month_for(team).reserved == 0


def test_nothing_is_asked_over_the_budget_or_of_a_model_that_is_not_there(lab):
    team = create_team(name="Payers", actor=lab.house.admin)
    with running(reply=lambda _body: '{"reply": "yes", "evidence": "Gladly"}') as provider:
        connect_to(lab, provider.url, **PRICED)
        set_budget(team, month_limit=Decimal("0.01"), actor=lab.house.admin)
        payer = payer_of(lab, team)
        with pytest.raises(OverBudget, match="left this month"):
            grade(grading_of([POLITE], samples("Gladly."), payer=payer))
        with pytest.raises(NotPossible, match="is not connected"):
            stranger = check("judge_question", question="Polite?", model="no/model")
            grade(grading_of([stranger], samples("Gladly."), payer=payer))
        [free] = grade(grading_of([SHORT], samples("Gladly."), payer=payer))

    assert provider.calls == []
    assert free.verdicts["word_count"].state == "pass"


def test_what_is_not_judged_in_time_could_not_run_and_is_paid(lab):
    team = create_team(name="Payers", actor=lab.house.admin)
    with running(latency=5) as provider:
        connect_to(lab, provider.url, **PRICED)
        work = grading_of([POLITE, SHORT], samples("Gladly."), payer=payer_of(lab, team))
        [found] = grade(work, seconds=0.2)

    late = found.verdicts["judge_question"]
    assert (late.state, late.reason, late.applies) == ("could_not_run", LATE, True)
    assert found.verdicts["word_count"].state == "pass"
    assert month_for(team).spent == work.cost > 0


def test_checks_that_need_a_case_or_a_person_say_so():
    alone = [
        SHORT, POLITE, check("json_valid"), check("refusal"), check("contains", texts=["refund"]),
        check("number_within", low=1), check("starts_with", text="Dear"),
        check("json_field", path="a", value="b"), check("equals", text="yes"),
    ]  # fmt: skip
    not_alone = [
        check("contains", texts=[]), check("number_within", off=1), check("starts_with"),
        check("json_field", path="a"), check("equals"), check("label"), check("meaning"),
        check("judge_pair", criterion="kinder"), check("person_thumbs"), check("gone"),
    ]  # fmt: skip

    assert [why_not_alone(one) for one in alone] == [""] * len(alone)
    assert all(why_not_alone(one) for one in not_alone)
    assert why_not_alone(not_alone[7], compares=True) == ""

"""Trials of the playground: what they ask, what they cost, who may."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.evaluations.actions import (
    claim_answers,
    start_trial,
    stop_lost_answers,
    store_answer,
)
from apps.evaluations.models import Trial, TrialAnswer
from apps.evaluations.queries.trials import own_trials, trial_for
from apps.evaluations.trial_columns import TrialColumn
from apps.evaluations.trying import ask_all
from apps.llm.actions import ModelTerms, OverBudget, Terms, make_connection, make_model, set_budget
from apps.llm.models import Reservation
from apps.prompts.actions import declare_variable, give_prompt, make_version, save_block
from apps.teams.actions import add_member, create_team

DEMO = TrialColumn("draft", "galley/demo")
PAID = TrialColumn("draft", "test/paid")


@pytest.fixture
def asked(house):
    """The prompt says something, and needs one value."""
    block = house.blocks[0]
    declare_variable(house.draft, name="message", type="text", required=True, actor=house.ana)
    save_block(block, revision=block.revision, body="Answer {{message}}", actor=house.ana)
    return house


@pytest.fixture
def team(asked):
    """It pays for the prompt; a thousand tokens of test/paid cost a dollar."""
    terms = Terms("Paid", "openai", "http://127.0.0.1:9/v1", allow_private=True)
    line = make_connection(terms, secret="", actor=asked.admin)
    price = {"input_price": Decimal(1000), "output_price": Decimal(1000)}
    make_model(line, terms=ModelTerms("test/paid", **price), actor=asked.admin)
    team = create_team(name="Support", purpose="", actor=asked.admin)
    add_member(team, person=asked.ana, actor=asked.admin)
    give_prompt(asked.prompt, owner=team, reason="theirs", actor=asked.admin)
    asked.prompt.refresh_from_db()
    return team


def start(house, *columns, actor=None, **values):
    given = {"message": "Where is my money?", **values}
    actor = actor or house.ana
    return start_trial(house.prompt, columns=columns or (DEMO,), values=given, actor=actor)


def test_trial_asks_the_draft_and_a_version_side_by_side(asked):
    make_version(asked.draft, reason="first", actor=asked.ana)

    trial = start(asked, DEMO, TrialColumn("1", "galley/demo"))
    ask_all(trial, SYSTEM)

    found = [(one.label, one.model, one.state) for one in trial.answers.all()]
    assert found == [("draft", "galley/demo", "done"), ("v1", "galley/demo", "done")]
    assert all(one.answer and one.cost == 0 and one.output_tokens for one in trial.answers.all())


def test_trial_without_a_value_is_refused_with_the_variable_named(asked):
    with pytest.raises(Invalid) as refused:
        start(asked, message="")

    assert refused.value.errors == {"values": ["“message” needs a value."]}
    assert not Trial.objects.exists()
    assert start(asked, message="now").values == {"message": "now"}


@pytest.mark.parametrize("columns", [[], [DEMO] * 5], ids=["none", "five"])
def test_trial_has_one_to_four_columns(asked, columns):
    with pytest.raises(Invalid):
        start_trial(asked.prompt, columns=columns, values={"message": "x"}, actor=asked.ana)

    assert start(asked, *[DEMO] * 4).answers.count() == 4


def test_trial_of_an_unknown_version_or_model_is_refused(asked):
    for column, error in (
        (TrialColumn("7", "galley/demo"), NotVisible),
        (TrialColumn("x", "galley/demo"), NotVisible),
        (TrialColumn("draft", "acme/none"), NotPossible),
    ):
        with pytest.raises(error):
            start(asked, column)

    assert not Trial.objects.exists()


def test_trial_needs_the_right_to_comment(asked):
    with pytest.raises(NotAllowed):
        start(asked, actor=asked.viewer)
    with pytest.raises(NotVisible):
        start(asked, actor=asked.outsider)

    assert start(asked, actor=asked.ben).person == asked.ben


def test_trial_is_seen_by_who_sees_the_prompt(asked):
    trial = start(asked)

    assert trial_for(asked.viewer, trial.pk) == trial
    with pytest.raises(NotVisible):
        trial_for(asked.outsider, trial.pk)
    assert (own_trials(asked.ana), own_trials(asked.ben)) == ([trial], [])


def test_answers_are_claimed_once_and_by_their_person(asked):
    trial = start(asked)
    with pytest.raises(NotAllowed):
        claim_answers(trial, actor=asked.ben)

    first, again = (claim_answers(trial, actor=asked.ana) for _ in range(2))

    assert (len(first), again) == (1, [])
    assert trial.answers.get().state == "asked"


def test_money_is_set_aside_and_what_was_spent_takes_its_place(asked, team):
    trial = start(asked, PAID)
    held = Reservation.objects.get()
    [answer] = claim_answers(trial, actor=asked.ana)

    kept = store_answer(answer, state="done", text="Soon.", input_tokens=10, output_tokens=2)

    held_after = Reservation.objects.get()
    assert held.team == team
    assert held.amount > Decimal("1")
    assert (kept.cost, held_after.settled_amount) == (Decimal("0.012"), Decimal("0.012"))


def test_failed_question_costs_nothing_and_says_why(asked, team):
    [answer] = claim_answers(start(asked, PAID), actor=asked.ana)

    store_answer(answer, state="could_not_run", error="The model is overloaded.", detail="503")

    found = TrialAnswer.objects.get()
    assert (found.state, found.error, found.detail) == (
        "could_not_run", "The model is overloaded.", "503",
    )  # fmt: skip
    assert Reservation.objects.get().settled_amount == 0


def test_trial_over_the_budget_is_refused_whole(asked, team):
    set_budget(team, month_limit=Decimal("0.01"), actor=asked.admin)
    with pytest.raises(OverBudget) as refused:
        start(asked, DEMO, PAID)

    assert "can raise the budget" in refused.value.verdict.sentence
    assert (Trial.objects.count(), Reservation.objects.count()) == (0, 0)
    assert start(asked, DEMO).answers.count() == 1


def test_ended_answer_stays_as_it_is(asked):
    [answer] = claim_answers(start(asked), actor=asked.ana)
    store_answer(answer, state="stopped", text="Half an")

    again = store_answer(answer, state="done", text="Half an answer")

    assert (again.state, again.answer) == ("stopped", "Half an")
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        TrialAnswer.objects.update(answer="forged")


def test_answers_that_nobody_asks_for_are_stopped_and_their_money_is_free(asked, team):
    old, fresh = start(asked, PAID), start(asked, PAID)
    Trial.objects.filter(pk=old.pk).update(created_at="2020-01-01T00:00Z")

    assert stop_lost_answers() == 1

    assert (old.answers.get().state, fresh.answers.get().state) == ("stopped", "waiting")
    assert [each.settled_amount for each in Reservation.objects.order_by("pk")] == [0, None]

"""Trials of the playground: what they ask, what they cost, who may."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.evaluations.actions import (
    claim_answers,
    save_to_draft,
    start_trial,
    stop_lost_answers,
    store_answer,
    use_as_example,
)
from apps.evaluations.models import Trial, TrialAnswer
from apps.evaluations.queries.trials import own_trials, trial_for
from apps.evaluations.trial_columns import TrialColumn
from apps.evaluations.trying import ask_all
from apps.llm.actions import ModelTerms, OverBudget, Terms, make_connection, make_model, set_budget
from apps.llm.models import Reservation
from apps.prompts.actions import (
    close_alternative,
    create_prompt,
    declare_variable,
    give_prompt,
    make_version,
    open_alternative,
    reopen_alternative,
    save_block,
    write_document,
)
from apps.prompts.content import canonical_bytes, content_hash
from apps.prompts.queries import draft_contributors, draft_document, draft_of
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


def test_column_of_a_version_is_saved_to_the_draft_with_all_that_it_was_asked_with(asked):
    whole = draft_document(asked.draft) | {
        "models": [{"model": "galley/demo", "parameters": {"temperature": 0.5}, "overrides": {}}],
        "output": {"format": "json", "json_schema": {"type": "object"}},
        "tools": [{"type": "function", "function": {"name": "find", "parameters": {}}}],
    }
    write_document(asked.draft, document=whole, actor=asked.ana)
    first = make_version(draft_of(asked.prompt), reason="first", actor=asked.ana)
    later = draft_document(draft_of(asked.prompt)) | {"tools": [], "models": []}
    write_document(draft_of(asked.prompt), document=later, actor=asked.ana)
    trial = start(asked, TrialColumn("1", "galley/demo"))
    ask_all(trial, SYSTEM)

    save_to_draft(trial.answers.get(), actor=asked.ana)

    now = draft_document(draft_of(asked.prompt))
    assert content_hash(canonical_bytes(now)) == first.content_hash
    assert (now["tools"], now["models"], now["output"]) == (
        whole["tools"], whole["models"], whole["output"],
    )  # fmt: skip
    assert asked.prompt.drafts.count() == 2  # what the draft said before is kept


def test_column_of_the_draft_is_saved_as_it_was_asked_and_takes_its_model_along(asked):
    trial = start(asked)
    Trial.objects.filter(pk=trial.pk).update(created_at=timezone.now())  # one transaction, one now
    trial.refresh_from_db()
    block = draft_of(asked.prompt).blocks.get(pk=asked.blocks[0].pk)
    save_block(block, revision=block.revision, body="Other {{message}}", actor=asked.ana)
    ask_all(trial, SYSTEM)

    save_to_draft(trial.answers.get(), actor=asked.ana)

    now = draft_document(draft_of(asked.prompt))
    assert now["blocks"][0]["body"] == "Answer {{message}}"
    assert [one["model"] for one in now["models"]] == ["galley/demo"]


def test_who_may_not_edit_saves_nothing_to_the_draft(asked):
    trial = start(asked)
    ask_all(trial, SYSTEM)
    before = canonical_bytes(draft_document(draft_of(asked.prompt)))

    with pytest.raises((NotAllowed, NotVisible)):
        save_to_draft(trial.answers.get(), actor=asked.outsider)

    assert canonical_bytes(draft_document(draft_of(asked.prompt))) == before


# --- drafts with a name ------------------------------------------------------------------------


@pytest.fixture
def short(asked):
    """Open beside the shared draft, with words of its own."""
    draft = open_alternative(asked.prompt, name="Short", actor=asked.ana)
    written(draft, "Briefly: {{message}}", asked.ana)
    return draft


def written(draft, words, actor):
    block = draft.blocks.get(body__contains="{{message}}")
    save_block(block, revision=block.revision, body=words, actor=actor)


def said(draft):
    return next(block["body"] for block in draft_document(draft)["blocks"] if block["body"])


def of(draft):
    return TrialColumn(f"draft:{draft.pk}", "galley/demo")


def answered(house, *columns):
    """All that ran in one transaction has one time of the database: the trial is of now."""
    trial = start(house, *columns)
    Trial.objects.filter(pk=trial.pk).update(created_at=timezone.now())
    trial.refresh_from_db()
    ask_all(trial, SYSTEM)
    return trial.answers.get()


def test_draft_with_a_name_is_a_column_and_stays_as_it_was_at_the_start(asked, short):
    trial = start(asked, DEMO, of(short))
    written(short, "Later: {{message}}", asked.ana)

    labels = [(one.label, one.draft) for one in trial.answers.all()]
    asked_with = [bytes(one.content) for one in trial.answers.all()]
    assert labels == [("draft", None), ("Short", short)]
    assert [b"Briefly" in text for text in asked_with] == [False, True]
    assert b"Later" not in asked_with[1]


def test_draft_that_was_put_away_is_not_tried(asked, short):
    close_alternative(short, actor=asked.ana)

    with pytest.raises(NotPossible) as refused:
        start(asked, DEMO, of(short))

    assert refused.value.verdict.sentence == (
        "“Short” was put away. Open it again to try it, or choose another text."
    )
    assert not Trial.objects.exists()
    reopen_alternative(short, actor=asked.ana)
    assert start(asked, of(short)).answers.count() == 1


def test_draft_of_another_prompt_or_of_none_is_not_found(asked, short):
    other = create_prompt(asked.space, segment="other", name="Other", actor=asked.ana)
    foreign = open_alternative(other, name="Foreign", actor=asked.ana)

    for source in (f"draft:{foreign.pk}", "draft:0", "draft:x", "draft:"):
        with pytest.raises(NotVisible):
            start(asked, TrialColumn(source, "galley/demo"))

    assert not Trial.objects.exists()


def test_draft_with_a_name_needs_the_right_to_comment(asked, short):
    with pytest.raises(NotAllowed):
        start(asked, of(short), actor=asked.viewer)

    assert start(asked, of(short), actor=asked.ben).person == asked.ben


@pytest.mark.parametrize("shared", [False, True], ids=["its own", "the shared one"])
def test_column_is_saved_into_the_draft_that_was_chosen(asked, short, shared):
    answer = answered(asked, of(short))
    written(short, "Later: {{message}}", asked.ana)

    kept = save_to_draft(answer, shared=shared, actor=asked.ben)

    shared_draft = draft_of(asked.prompt)
    changed, other = (shared_draft, short) if shared else (short, shared_draft)
    assert kept.pk == changed.pk
    assert said(changed) == "Briefly: {{message}}"
    assert said(other) == ("Later: {{message}}" if shared else "Answer {{message}}")
    assert asked.ana.pk in draft_contributors(changed)  # whose words they are
    assert asked.prompt.drafts.filter(name__startswith="Before going back").count() == 1


def test_example_goes_into_the_draft_that_was_chosen(asked, short):
    answer = answered(asked, of(short))

    own = use_as_example(answer, actor=asked.ana)
    shared = use_as_example(answer, shared=True, actor=asked.ana)

    assert (own.draft.name, shared.draft.name) == ("Short", "")
    assert own.rows[-1]["output"] == shared.rows[-1]["output"]


@pytest.mark.parametrize("use", [save_to_draft, use_as_example])
def test_column_of_a_draft_that_was_put_away_goes_only_into_the_shared_one(asked, short, use):
    answer = answered(asked, of(short))
    close_alternative(short, actor=asked.ana)
    before = said(short)

    with pytest.raises(NotPossible) as refused:
        use(answer, actor=asked.ana)
    use(answer, shared=True, actor=asked.ana)

    assert "Open it again" in refused.value.verdict.sentence
    assert said(short) == before

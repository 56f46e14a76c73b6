from __future__ import annotations

import pytest

from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import make_version, remove_block
from apps.prompts.queries import draft_contributors, draft_of
from apps.reviews.actions import (
    accept_suggestion,
    dismiss_suggestion,
    reopen_suggestion,
    suggest,
    suggest_in_draft,
)
from apps.reviews.permissions import can_decide_review
from apps.reviews.queries.threads import change_of, is_stale
from apps.reviews.states import SuggestionState
from tests.releases.world import edit

TEXT = "Thank them once.\nName the date.\nNever promise a refund."
BETTER = TEXT.replace("Name the date", "Name the day")


@pytest.fixture
def draft(world):
    prompt = world.prompt()
    edit(prompt, TEXT, world["author"])
    return draft_of(prompt)


def suggested(world, draft, text=BETTER, who="reviewer"):
    block = draft.blocks.get()
    return suggest_in_draft(
        draft, block_key=block.key, revision=block.revision, text=text, actor=world[who]
    )


def test_accept_writes_it_into_the_draft_and_credits_both(world, draft):
    suggestion = suggested(world, draft)
    assert [(s.op, s.text) for s in change_of(suggestion) if s.op != "equal"] == [
        ("delete", "date"), ("insert", "day"),
    ]  # fmt: skip

    accept_suggestion(suggestion, actor=world["author2"])

    block = draft.blocks.get()
    step = block.history.latest()
    assert (block.body, block.changed_by) == (BETTER, world["reviewer"])
    assert (step.history_user, "Author2" in step.history_change_reason) == (
        world["reviewer"], True,
    )  # fmt: skip
    assert {world["reviewer"].pk, world["author2"].pk} <= draft_contributors(draft)
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.decided_by) == ("accepted", world["author2"])
    assert suggestion.comment.thread.resolved_at is not None


@pytest.mark.parametrize("accepted", [True, False])
def test_whose_wording_was_accepted_may_not_approve_it(world, draft, accepted):
    suggestion = suggested(world, draft)
    if accepted:
        accept_suggestion(suggestion, actor=world["author"])
    version = make_version(draft_of(draft.prompt), reason="Better", actor=world["author"])
    review = world.review(draft.prompt, version, "production")

    assert bool(can_decide_review(world["reviewer"], review)) is not accepted
    assert can_decide_review(world["reviewer2"], review)


def test_accept_keeps_what_others_wrote_since(world, draft):
    suggestion = suggested(world, draft)
    edit(draft.prompt, TEXT.replace("a refund", "any refund"), world["author"])
    assert is_stale(suggestion)

    accept_suggestion(suggestion, actor=world["author"])

    assert draft.blocks.get().body == BETTER.replace("a refund", "any refund")


def test_conflict_writes_nothing_and_loses_nothing(world, draft):
    suggestion = suggested(world, draft)
    edit(draft.prompt, TEXT.replace("Name the date", "Name the hour"), world["author"])

    with pytest.raises(NotPossible):
        accept_suggestion(suggestion, actor=world["author"])

    suggestion.refresh_from_db()
    assert draft.blocks.get().body == TEXT.replace("Name the date", "Name the hour")
    assert (suggestion.state, suggestion.body) == (SuggestionState.OPEN, BETTER)


def test_suggestion_of_a_review_goes_into_the_shared_draft(world, draft):
    version = make_version(draft, reason="One", actor=world["author"])
    review = world.review(draft.prompt, version, "production")
    key = draft.blocks.get().key
    suggestion = suggest(
        review, block_key=key, text=BETTER, body="Shorter", actor=world["reviewer"]
    )

    accept_suggestion(suggestion, actor=world["author"])

    assert draft.blocks.get().body == BETTER
    assert suggestion.comment.body == "Shorter"


def test_deleted_block_takes_no_suggestion(world, draft):
    suggestion = suggested(world, draft)
    remove_block(draft.blocks.get(), actor=world["author"])

    with pytest.raises(NotPossible):
        accept_suggestion(suggestion, actor=world["author"])
    with pytest.raises(Invalid):
        suggested(world, draft, "Other words")


def test_decided_once(world, draft):
    suggestion = suggested(world, draft)
    dismiss_suggestion(suggestion, actor=world["author"])
    with pytest.raises(NotPossible):
        accept_suggestion(suggestion, actor=world["author"])

    reopen_suggestion(suggestion, actor=world["author"])
    accept_suggestion(suggestion, actor=world["author"])

    with pytest.raises(NotPossible):
        reopen_suggestion(suggestion, actor=world["author"])
    suggestion.refresh_from_db()
    assert suggestion.state == SuggestionState.ACCEPTED


@pytest.mark.parametrize(
    ("who", "error"), [("reviewer", NotAllowed), ("viewer", NotAllowed), ("outsider", NotVisible)]
)
def test_only_who_may_edit_accepts(world, draft, who, error):
    suggestion = suggested(world, draft)

    for act in (accept_suggestion, dismiss_suggestion, reopen_suggestion):
        with pytest.raises(error):
            act(suggestion, actor=world[who])
    assert draft.blocks.get().body == TEXT


@pytest.mark.parametrize(("who", "error"), [("viewer", NotAllowed), ("outsider", NotVisible)])
def test_only_who_may_comment_suggests(world, draft, who, error):
    with pytest.raises(error):
        suggested(world, draft, who=who)


@pytest.mark.parametrize("text", [TEXT, "a\x00b", "x" * 300_000])
def test_suggestion_that_cannot_be_taken_is_refused_with_a_sentence(world, draft, text):
    with pytest.raises(Invalid) as refused:
        suggested(world, draft, text)

    assert list(refused.value.errors) == ["text"]

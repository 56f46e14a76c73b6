from __future__ import annotations

import pytest

from apps.core.errors import Invalid, NotAllowed, NotVisible
from apps.prompts.actions import remove_block, save_block
from apps.prompts.queries import draft_of
from apps.reviews.actions import edit_comment, reply, resolve_thread, start_draft_thread
from apps.reviews.queries import comment_counts, threads_of, threads_on_draft
from apps.reviews.queries.threads import words_on_draft
from tests.releases.world import edit

TEXT = "Thank them once.\nName the date of delivery.\nNever promise a refund."
QUOTE = "Name the date of delivery."


@pytest.fixture
def draft(world):
    prompt = world.prompt()
    edit(prompt, TEXT, world["author"])
    return draft_of(prompt)


@pytest.fixture
def thread(world, draft):
    return start_draft_thread(
        draft, block_key=draft.blocks.get().key, quote=QUOTE, body="Which one?",
        actor=world["reviewer"],
    )  # fmt: skip


def place(draft):
    return threads_on_draft(draft)[0].place


def test_thread_on_words_of_a_draft_keeps_its_anchor(draft, thread):
    assert (thread.quote, thread.before, thread.after) == (
        QUOTE, "Thank them once.\n", "\nNever promise a refund.",
    )  # fmt: skip
    key = str(draft.blocks.get().key)
    assert comment_counts(draft) == {key: 1}
    assert [(w.block, TEXT[w.start : w.end]) for w in words_on_draft(draft)] == [(key, QUOTE)]


def test_edits_around_the_words_do_not_lose_them(world, draft, thread):
    edit(draft.prompt, "Be kind.\n" + TEXT, world["author"])

    assert (place(draft).gone, place(draft).now) == (False, "")
    assert words_on_draft(draft)[0].start == len("Be kind.\nThank them once.\n")


def test_edited_words_are_shown_beside_the_old_ones(world, draft, thread):
    edit(draft.prompt, TEXT.replace("date of", "day of"), world["author"])

    assert (place(draft).gone, place(draft).now) == (False, "Name the day of delivery.")


def test_words_that_are_gone_leave_what_stands_there_now(world, draft, thread):
    edit(draft.prompt, "Say hello.", world["author"])

    assert (place(draft).gone, place(draft).now) == (True, "Say hello.")
    assert words_on_draft(draft) == []


def test_thread_says_that_its_block_was_deleted(world, draft, thread):
    remove_block(draft.blocks.get(), actor=world["author"])

    assert (place(draft).deleted, place(draft).gone) == (True, True)
    with pytest.raises(Invalid) as refused:
        start_draft_thread(
            draft, block_key=thread.block_key, body="Kept words", actor=world["reviewer"]
        )
    assert "deleted" in refused.value.errors["block_key"][0]


def test_review_shows_threads_of_the_draft_whose_words_it_holds(world, draft, thread):
    review = world.review(draft.prompt, world.version(draft.prompt, TEXT + " Bye."), "production")

    assert [t.pk for t in threads_of(review)] == [thread.pk]
    world.review(draft.prompt, world.version(draft.prompt, "Other words."), "production")
    assert threads_of(review) == []


def test_resolved_thread_is_no_more_counted(world, draft, thread):
    resolve_thread(thread, actor=world["author"])

    assert (comment_counts(draft), words_on_draft(draft)) == ({}, [])
    reply(thread, body="Not so fast", actor=world["reviewer"])
    assert len(threads_on_draft(draft).open) == 1


def test_only_its_writer_changes_a_comment(world, draft, thread):
    comment = thread.comments.get()

    with pytest.raises(NotAllowed):
        edit_comment(comment, body="Mine now", actor=world["author"])
    changed = edit_comment(comment, body="Which day?", actor=world["reviewer"])

    changed.refresh_from_db()
    assert (changed.body, changed.edited_at is not None) == ("Which day?", True)


@pytest.mark.parametrize(("who", "error"), [("viewer", NotAllowed), ("outsider", NotVisible)])
def test_who_may_not_comment_starts_no_thread(world, draft, who, error):
    with pytest.raises(error):
        start_draft_thread(draft, block_key=None, body="x", actor=world[who])


def test_equal_words_of_an_examples_block_are_found_in_its_rows(world, draft):
    from apps.prompts.actions import add_block

    block = add_block(draft, type="examples", actor=world["author"])
    rows = [{"input": "Where is it?", "output": "It comes on Friday."}]
    save_block(block, revision=block.revision, body="", rows=rows, actor=world["author"])

    start_draft_thread(
        draft_of(draft.prompt), block_key=block.key, quote="comes on Friday", body="Sure?",
        actor=world["reviewer"],
    )  # fmt: skip

    now = place(draft_of(draft.prompt))
    assert (now.gone, now.field) == (False, "output-0")

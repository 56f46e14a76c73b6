from __future__ import annotations

import pytest

from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import (
    archive_prompt,
    make_version,
    remove_block,
    retype_block,
    save_block,
    settle_conflict,
)
from apps.prompts.models import ConflictCopy, DraftBlock
from apps.prompts.queries import draft_contributors


def test_save_block_of_the_same_revision_is_saved(house):
    block = house.block("instructions")

    saved = save_block(block, revision=1, body="Be kind.\r\nBe brief.", actor=house.ana)

    assert (saved.merged, saved.conflict) == (False, None)
    fresh = house.block("instructions")
    assert (fresh.body, fresh.revision, fresh.changed_by) == ("Be kind.\nBe brief.", 2, house.ana)
    assert draft_contributors(house.draft) == {house.ana.pk}


def test_save_block_of_the_same_text_changes_nothing(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)

    saved = save_block(block, revision=2, body="Be kind.", actor=house.ben)

    assert saved.block.revision == 2
    assert draft_contributors(house.draft) == {house.ana.pk}


def test_save_block_of_an_older_revision_is_merged(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind. Then stop.", actor=house.ana)
    save_block(block, revision=2, body="Be very kind. Then stop.", actor=house.ben)

    saved = save_block(block, revision=2, body="Be kind. Then stop at once.", actor=house.ana)

    assert (saved.merged, saved.conflict) == (True, None)
    assert house.block("instructions").body == "Be very kind. Then stop at once."


def test_save_block_of_the_same_words_keeps_both_texts(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)

    saved = save_block(block, revision=2, body="Be calm.", actor=house.ana)

    assert house.block("instructions").body == "Be rude."
    copy = ConflictCopy.objects.get()
    assert saved.conflict == copy
    assert (copy.mine, copy.theirs, copy.person) == ("Be calm.", "Be rude.", house.ana)
    assert "calm" in copy.merged
    assert "rude" in copy.merged


def test_save_block_sent_again_keeps_one_copy(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)

    for _ in range(2):
        save_block(block, revision=2, body="Be calm.", actor=house.ana)

    assert ConflictCopy.objects.count() == 1


def test_save_block_from_an_unknown_revision_keeps_both_texts(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)

    saved = save_block(block, revision=99, body="Be calm.", actor=house.ben)

    assert saved.conflict is not None
    assert saved.conflict.mine == "Be calm."


def test_settle_conflict_saves_the_choice_and_closes_the_copy(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)
    copy = save_block(block, revision=2, body="Be calm.", actor=house.ana).conflict

    saved = settle_conflict(copy, revision=3, body="Be calm, not rude.", actor=house.ana)

    assert saved.block.body == "Be calm, not rude."
    assert ConflictCopy.objects.filter(settled_at=None).count() == 0


def test_settle_conflict_of_words_that_changed_again_is_a_conflict_again(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)
    copy = save_block(block, revision=2, body="Be calm.", actor=house.ana).conflict
    save_block(block, revision=3, body="Be loud.", actor=house.ben)

    saved = settle_conflict(copy, revision=3, body="Be calm.", actor=house.ana)

    assert saved.conflict is not None
    assert house.block("instructions").body == "Be loud."
    assert ConflictCopy.objects.filter(settled_at=None).count() == 2


def test_settle_conflict_names_the_writer_of_the_words_too(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ben)
    make_version(house.draft, reason="Kind", actor=house.ben)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)
    copy = save_block(block, revision=2, body="Be calm.", actor=house.ana).conflict

    settle_conflict(copy, revision=3, body=copy.theirs, actor=house.ben)
    assert draft_contributors(house.draft) == {house.ben.pk}

    settle_conflict(copy, revision=3, body=copy.mine, actor=house.ben)
    assert house.block("instructions").body == "Be calm."
    assert draft_contributors(house.draft) == {house.ana.pk, house.ben.pk}


def test_settle_conflict_that_met_a_conflict_again_names_the_first_writer(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ben)
    make_version(house.draft, reason="Kind", actor=house.ben)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)
    copy = save_block(block, revision=2, body="Be calm.", actor=house.ana).conflict
    save_block(block, revision=3, body="Be loud.", actor=house.ben)
    again = settle_conflict(copy, revision=3, body=copy.mine, actor=house.ben).conflict

    settle_conflict(again, revision=4, body=again.mine, actor=house.ben)

    assert house.block("instructions").body == "Be calm."
    assert draft_contributors(house.draft) == {house.ana.pk, house.ben.pk}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("a" * (256 * 1024 + 1), "This block holds 257 KiB; the most is 256 KiB."),
        ("a\x00b", "Line 1 holds a NUL character"),
        ("a\ud800", "Line 1 holds half of a broken character"),
    ],
)
def test_save_block_refuses_a_text_that_no_block_may_hold(house, body, sentence):
    with pytest.raises(Invalid) as refused:
        save_block(house.block("instructions"), revision=1, body=body, actor=house.ana)

    assert refused.value.sentence.startswith(sentence)
    assert house.block("instructions").body == ""


def test_save_block_takes_the_longest_block(house):
    body = "a" * (256 * 1024)

    save_block(house.block("instructions"), revision=1, body=body, actor=house.ana)

    assert len(house.block("instructions").body) == 256 * 1024


def test_save_block_needs_edit(house):
    block = house.block("instructions")

    with pytest.raises(NotAllowed):
        save_block(block, revision=1, body="x", actor=house.viewer)
    with pytest.raises(NotVisible):
        save_block(block, revision=1, body="x", actor=house.outsider)
    save_block(block, revision=1, body="x", actor=house.ben)

    assert house.block("instructions").body == "x"


def test_save_block_of_an_archived_prompt_is_not_possible(house):
    block = house.block("instructions")
    archive_prompt(house.prompt, actor=house.ana)

    with pytest.raises(NotPossible) as refused:
        save_block(block, revision=1, body="x", actor=house.ana)

    assert refused.value.code == "archived"


def test_save_block_of_a_removed_block_keeps_the_text(house):
    block = house.block("instructions")
    remove_block(block, actor=house.ben)

    save_block(block, revision=1, body="Typed meanwhile.", actor=house.ana)

    row = DraftBlock.objects.get(pk=block.pk)
    assert row.body == "Typed meanwhile."
    assert row.removed_at is not None


ROW = {"input": "My card is gone", "output": "block now"}


def test_save_block_with_rows_drops_the_empty_ones(house):
    block = retype_block(house.block("instructions"), to="examples", actor=house.ana)
    rows = [ROW, {"input": "", "output": ""}]

    save_block(block, revision=block.revision, body="Copy these:", rows=rows, actor=house.ana)

    assert house.block("examples").rows == [ROW]


def test_save_block_merges_rows_of_two_people(house):
    block = retype_block(house.block("instructions"), to="examples", actor=house.ana)
    started = save_block(block, revision=block.revision, body="", rows=[ROW], actor=house.ana)
    revision = started.block.revision
    more = [ROW, {"input": "Where is my card", "output": "delivery"}]
    save_block(block, revision=revision, body="", rows=more, actor=house.ben)
    changed = [{"input": "My purse is gone", "output": "block now"}]

    saved = save_block(block, revision=revision, body="", rows=changed, actor=house.ana)

    assert saved.conflict is None
    assert house.block("examples").rows == [changed[0], more[1]]


def test_retype_block_there_and_back_keeps_every_word(house):
    block = retype_block(house.block("instructions"), to="examples", actor=house.ana)
    save_block(block, revision=block.revision, body="Copy:", rows=[ROW], actor=house.ana)

    as_text = retype_block(block, to="custom", actor=house.ana)
    assert as_text.body == "Copy:\n\nInput: My card is gone\nOutput: block now"
    back = retype_block(block, to="examples", actor=house.ana)

    assert (back.body, back.rows) == ("Copy:", [ROW])


def test_every_saved_text_stays_in_the_history(house):
    block = house.block("instructions")
    for revision, body in enumerate(("one", "two", "three"), 1):
        save_block(block, revision=revision, body=body, actor=house.ana)

    past = block.history.order_by("revision").values_list("revision", "body", "history_user")

    who = house.ana.pk
    assert list(past) == [(1, "", who), (2, "one", who), (3, "two", who), (4, "three", who)]

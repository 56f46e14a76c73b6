from __future__ import annotations

import uuid

import pytest

from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import (
    add_block,
    duplicate_block,
    make_version,
    move_block,
    order_blocks,
    put_back_block,
    remove_block,
    retype_block,
    save_block,
    switch_block,
    title_block,
)
from apps.prompts.content import BLOCK_TYPES
from apps.prompts.queries import draft_contributors


def types(house):
    return [block.type for block in house.blocks]


def test_a_new_prompt_has_two_starter_blocks(house):
    assert types(house) == ["instructions", "input"]


@pytest.mark.parametrize("type", BLOCK_TYPES)
def test_add_block_takes_every_type(house, type):
    add_block(house.draft, type=type, actor=house.ana)

    assert types(house) == ["instructions", "input", type]


def test_add_block_after_another(house):
    after = house.block("instructions").key

    add_block(house.draft, type="guardrails", after=after, actor=house.ana)

    assert types(house) == ["instructions", "guardrails", "input"]


def test_add_block_refuses_an_unknown_type(house):
    with pytest.raises(Invalid):
        add_block(house.draft, type="spell", actor=house.ana)

    assert types(house) == ["instructions", "input"]


def test_add_block_stops_at_two_hundred(house):
    keys = [uuid.uuid4() for _ in range(198)]
    draft = house.draft
    draft.order = [*draft.order, *keys]
    draft.save()

    with pytest.raises(NotPossible) as refused:
        add_block(draft, type="custom", actor=house.ana)

    assert refused.value.code == "too_many_blocks"


def test_structure_needs_edit(house):
    block = house.block("input")

    with pytest.raises(NotAllowed):
        remove_block(block, actor=house.viewer)
    with pytest.raises(NotVisible):
        remove_block(block, actor=house.outsider)
    remove_block(block, actor=house.ben)

    assert types(house) == ["instructions"]


@pytest.mark.parametrize(("to", "place"), [(0, 0), (1, 1), (2, 2), (99, 2), (-1, 0)])
def test_move_block_holds_the_place_inside_the_list(house, to, place):
    block = add_block(house.draft, type="role", actor=house.ana)

    move_block(block, to=to, actor=house.ana)

    assert types(house).index("role") == place


def test_order_blocks_keeps_what_the_sender_did_not_know(house):
    instructions, entry = (block.key for block in house.blocks)
    add_block(house.draft, type="guardrails", after=instructions, actor=house.ben)

    order_blocks(house.draft, order=[entry, instructions, uuid.uuid4()], actor=house.ana)

    assert types(house) == ["input", "instructions", "guardrails"]


@pytest.mark.parametrize("type", ["instructions", "guardrails", "input"])
def test_put_back_block_returns_to_its_place_with_its_text(house, type):
    first = house.block("instructions").key
    add_block(house.draft, type="guardrails", after=first, actor=house.ana)
    block = house.block(type)
    save_block(block, revision=1, body="Words.", actor=house.ana)
    before = [block.key for block in house.blocks]

    remove_block(block, actor=house.ana)
    assert block.key not in [block.key for block in house.blocks]
    put_back_block(block, actor=house.ana)

    assert [block.key for block in house.blocks] == before
    assert house.block(type).body == "Words."


def removed_by_ben(house, *, released):
    """A block that Ana wrote and Ben removed: before it was in a version, or after."""
    block = add_block(house.draft, type="guardrails", actor=house.ana)
    save_block(block, revision=1, body="Words of Ana.", actor=house.ana)
    if released:
        make_version(house.draft, reason="With it", actor=house.ana)
    remove_block(block, actor=house.ben)
    return block


@pytest.mark.parametrize("released", [True, False])
def test_put_back_block_names_the_writer_of_the_words_that_come_back(house, released):
    block = removed_by_ben(house, released=released)
    make_version(house.draft, reason="Without it", actor=house.ben)

    put_back_block(block, actor=house.ben)

    assert draft_contributors(house.draft) == {house.ana.pk, house.ben.pk}


def test_put_back_block_that_the_last_version_holds_names_nobody_else(house):
    block = removed_by_ben(house, released=True)

    put_back_block(block, actor=house.ben)

    assert draft_contributors(house.draft) == {house.ben.pk}


def test_duplicate_block_stands_behind_its_model(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Words.", actor=house.ana)

    copy = duplicate_block(block, actor=house.ana)

    assert types(house) == ["instructions", "instructions", "input"]
    assert (house.blocks[1].key, house.blocks[1].body) == (copy.key, "Words.")
    assert copy.key != block.key


def test_switch_block_keeps_the_text(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Words.", actor=house.ana)

    switch_block(block, enabled=False, actor=house.ana)

    fresh = house.block("instructions")
    assert (fresh.enabled, fresh.body, fresh.revision) == (False, "Words.", 2)


def test_retype_block_refuses_an_unknown_type(house):
    with pytest.raises(Invalid):
        retype_block(house.block("input"), to="spell", actor=house.ana)

    assert types(house) == ["instructions", "input"]


def test_title_block_is_one_line(house):
    block = house.block("input")

    with pytest.raises(Invalid):
        title_block(block, title="a\nb", actor=house.ana)
    title_block(block, title="The customer", actor=house.ana)

    assert house.block("input").title == "The customer"


def test_structure_is_in_the_history_of_the_draft(house):
    before = house.draft.history.count()

    add_block(house.draft, type="role", actor=house.ben)

    newest = house.draft.history.order_by("-history_id").first()
    assert house.draft.history.count() == before + 1
    assert newest.history_user == house.ben

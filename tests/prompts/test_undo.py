"""Each act on the structure says how it is taken back; what somebody else changed since stays."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.core.errors import NotPossible
from apps.prompts.actions import (
    add_block,
    move_block,
    order_blocks,
    put_back_block,
    remove_block,
    retype_block,
    save_block,
    switch_block,
)
from tests.prompts.conftest import House

HTMX = {"HTTP_HX_REQUEST": "true"}
_TOAST = re.compile(r"<toast-note.*?</toast-note>", re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


@pytest.fixture
def ana(house: House, signed_in):
    return signed_in(house.ana)


@pytest.fixture
def three(house: House) -> House:
    add_block(house.draft, type="role", actor=house.ana)
    return house


def url(name, *args):
    return reverse(f"prompts:{name}", args=["support/reply", *args])


def state(house):
    return [(block.type, block.body, block.enabled) for block in house.blocks]


def toast(answer):
    """(its words, the address of its button, the fields it sends, the button's own words)."""
    [note] = _TOAST.findall(answer.content.decode())
    fields = {name: value for name, value in _FIELD.findall(note) if name != "csrfmiddlewaretoken"}
    [said] = re.findall(r"<p>(.*?)</p>", note)
    action = re.findall(r'action="([^"]+)"', note)
    label = re.findall(r'<button class="link">(.*?)</button>', note)
    return said, action and action[0], fields, label and label[0]


def press(client, found):
    return client.post(found[1], found[2], **HTMX)


ACTS = [
    ("remove_block", {}, "Instructions deleted"),
    ("move_block", {"direction": "down"}, "Instructions moved to position 2 of 3"),
    ("move_block", {"to": "3"}, "Instructions moved to position 3 of 3"),
    ("retype_block", {"type": "context"}, "Instructions is now Context"),
    ("retype_block", {"type": "examples"}, "Instructions is now Examples"),
    ("switch_block", {"enabled": "no"}, "Instructions turned off, it is not sent"),
    ("duplicate_block", {}, "Instructions duplicated"),
]


@pytest.mark.parametrize(("name", "data", "said"), ACTS)
def test_act_is_undone_and_done_again(three, ana, name, data, said):
    block = three.block("instructions")
    save_block(block, revision=1, body="Words.", actor=three.ana)
    before = state(three)

    act = toast(ana.post(url(name, block.key), data, **HTMX))
    after = state(three)
    undo = toast(press(ana, act))
    undone = state(three)
    redo = toast(press(ana, undo))

    assert (act[0], act[3], undo[3], redo[3]) == (said, "Undo", "Redo", "Undo")
    assert before != after
    assert (undone, state(three)) == (before, after)
    press(ana, redo)
    assert state(three) == before


def test_added_block_is_taken_away_again(house, ana):
    act = toast(ana.post(url("add_block"), {"type": "guardrails"}, **HTMX))
    after = state(house)
    undo = toast(press(ana, act))

    assert (act[0], undo[0]) == ("Guardrails added", "Guardrails deleted")
    assert len(after) == len(house.blocks) + 1
    press(ana, undo)
    assert state(house) == after


def test_dragged_block_goes_back_to_where_it_was(three, ana):
    keys = [block.key for block in three.blocks]
    order = {"order": [keys[2], keys[0], keys[1]], "moved": keys[2]}

    act = toast(ana.post(url("order_blocks"), order, **HTMX))
    press(ana, act)

    assert act[0] == "Role moved to position 1 of 3"
    assert [block.key for block in three.blocks] == keys


def test_several_moves_are_undone_one_after_the_other(three, ana):
    keys = [block.key for block in three.blocks]
    steps = [
        toast(ana.post(url("move_block", keys[2]), {"to": "1"}, **HTMX)),
        toast(ana.post(url("move_block", keys[0]), {"to": "3"}, **HTMX)),
        toast(ana.post(url("move_block", keys[1]), {"to": "1"}, **HTMX)),
    ]
    for step in reversed(steps):
        assert press(ana, step).status_code == 200

    assert [block.key for block in three.blocks] == keys


def test_move_that_moves_nothing_says_where_the_block_is(three, ana):
    revision = three.draft.revision
    answer = ana.post(
        url("move_block", three.block("instructions").key), {"direction": "up"}, **HTMX
    )

    assert toast(answer) == ("Instructions is at position 1 of 3 already", [], {}, [])
    assert three.draft.revision == revision


@pytest.mark.parametrize("to", ["0", "4", "-1", "two", "", "9" * 30, "1.5"])
def test_position_that_is_none_is_refused_with_the_choice(three, ana, to):
    answer = ana.post(url("move_block", three.block("role").key), {"to": to}, **HTMX)

    assert answer.status_code == 422
    assert "Give a position from 1 to 3." in answer.content.decode()
    assert [block.type for block in three.blocks] == ["instructions", "input", "role"]


# --- somebody else was there -----------------------------------------------------------------


def deleted(house, block):
    remove_block(block, actor=house.ben)


def retyped(house, block):
    retype_block(block, to="guardrails", actor=house.ben)


def switched(house, block):
    switch_block(block, enabled=True, actor=house.ben)


def moved(house, block):
    move_block(block, to=0, actor=house.ben)


def put_back(house, block):
    put_back_block(block, actor=house.ben)


MEANWHILE = [
    ("retype_block", {"type": "context"}, retyped, "Ben changed Guardrails after that"),
    ("retype_block", {"type": "context"}, deleted, "Ben deleted Context after that"),
    ("switch_block", {"enabled": "no"}, switched, "Ben changed Input after that"),
    ("move_block", {"to": "3"}, moved, "Ben changed the order around Input after that"),
    ("move_block", {"to": "3"}, deleted, "Ben deleted Input after that"),
    ("remove_block", {}, put_back, "Ben put Input back already"),
]


@pytest.mark.parametrize(("name", "data", "meanwhile", "said"), MEANWHILE)
def test_undo_leaves_what_somebody_else_changed_since(three, ana, name, data, meanwhile, said):
    block = three.block("input")
    act = toast(ana.post(url(name, block.key), data, **HTMX))
    meanwhile(three, block)
    theirs = state(three)

    answer = press(ana, act)

    assert answer.status_code == 409
    assert f"{said}. Nothing was undone." in answer.content.decode()
    assert state(three) == theirs


def test_added_block_in_which_somebody_wrote_is_not_taken_away(house, ana):
    act = toast(ana.post(url("add_block"), {"type": "guardrails"}, **HTMX))
    save_block(house.block("guardrails"), revision=1, body="Of Ben.", actor=house.ben)

    answer = press(ana, act)

    assert answer.status_code == 409
    assert "Ben has written in Guardrails since then." in answer.content.decode()
    assert house.block("guardrails").body == "Of Ben."


def test_added_block_in_which_one_wrote_oneself_is_taken_away_with_its_words(house, ana):
    act = toast(ana.post(url("add_block"), {"type": "guardrails"}, **HTMX))
    save_block(house.block("guardrails"), revision=1, body="Of Ana.", actor=house.ana)

    undo = toast(press(ana, act))

    assert [block.type for block in house.blocks] == ["instructions", "input"]
    press(ana, undo)
    assert house.block("guardrails").body == "Of Ana."


def test_undo_of_a_move_bears_blocks_that_came_and_went_meanwhile(three, ana):
    act = toast(ana.post(url("move_block", three.block("role").key), {"to": "1"}, **HTMX))
    remove_block(three.block("input"), actor=three.ben)
    add_block(three.draft, type="note", after=three.block("instructions").key, actor=three.ben)

    press(ana, act)

    assert [block.type for block in three.blocks] == ["instructions", "role", "note"]


def test_move_whose_revision_nobody_knows_is_refused(three):
    with pytest.raises(NotPossible) as refused:
        move_block(three.block("role"), since=10_000, actor=three.ana)

    assert refused.value.code == "changed_since"


def test_order_of_others_is_no_step_of_mine(three, ana):
    """A block that another person moved across mine: mine is not thrown back over it."""
    role, first = three.block("role"), three.block("instructions")
    act = toast(ana.post(url("move_block", role.key), {"to": "1"}, **HTMX))
    order_blocks(three.draft, order=[first.key, role.key], actor=three.ben)
    theirs = state(three)

    assert press(ana, act).status_code == 409
    assert state(three) == theirs


def test_plain_form_keeps_the_button_for_the_next_page(house, ana):
    """Without a script: the note stands on the page that the form leads to, with its button."""
    ana.post(url("remove_block", house.block("input").key))
    page = ana.get(reverse("pages:write", args=["support/reply"]))

    found = toast(page)
    assert (found[0], found[2], found[3]) == (
        "Input deleted",
        {"gone": "yes", "way": "undo"},
        "Undo",
    )
    ana.post(found[1], found[2])
    assert [block.type for block in house.blocks] == ["instructions", "input"]

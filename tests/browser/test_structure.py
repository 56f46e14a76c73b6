"""The structure of a draft in the browser: taken back, built and moved, by mouse and by keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import add_block, retype_block, save_block
from tests.browser.people import Place, block, editor, text_of, until
from tests.browser.test_editor import WRITE, kept, menu, order, state
from tests.prompts.conftest import House, make_house

FIRST = "Read the whole message."
UNDO = "Control+z"
REDO = "Control+Shift+z"


@pytest.fixture
def house(place: Place) -> House:
    house = make_house()
    save_block(house.block("instructions"), revision=1, body=FIRST, actor=house.ana)
    add_block(house.draft, type="role", actor=house.ana)
    return house


@pytest.fixture
def page(place: Place, house: House) -> Page:
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    order(page, "instructions", "input", "role")
    return page


def said(page: Page, words: str) -> None:
    """The one note about the structure, which assistive technology reads out as well."""
    expect(page.locator("#toasts toast-note:has([name=way]) p")).to_have_text(words)


def stand(page: Page, label: str) -> None:
    """The focus on the block itself, as Escape leaves it when nothing is open in the text."""
    block(page, label).evaluate("one => { one.tabIndex = -1; one.focus(); }")


# --- undo and redo ---------------------------------------------------------------------------


def test_deleted_block_comes_back_with_the_note_and_goes_again(page, house):
    menu(page, "Instructions", "Delete")
    order(page, "input", "role")
    said(page, "Instructions deleted")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    order(page, "instructions", "input", "role")
    said(page, "Instructions is back")
    assert text_of(page, "Instructions") == FIRST

    page.locator("#toasts").get_by_role("button", name="Redo").click()
    order(page, "input", "role")
    assert kept(house) == ["input", "role"]


def test_keys_undo_several_steps_and_do_them_again(page, house):
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    menu(page, "Input", "Change type", "Context")
    order(page, "instructions", "role", "context")
    menu(page, "Instructions", "Delete")
    order(page, "role", "context")
    expect(block(page, "Role")).to_be_focused()

    page.keyboard.press(UNDO)
    order(page, "instructions", "role", "context")
    page.keyboard.press(UNDO)
    order(page, "instructions", "role", "input")
    page.keyboard.press(UNDO)
    order(page, "instructions", "input", "role")
    page.keyboard.press(UNDO)
    for _ in range(2):
        page.keyboard.press(REDO)
    order(page, "instructions", "role", "context")
    said(page, "Input is now Context")
    assert kept(house) == ["instructions", "role", "context"]


def test_text_undoes_its_own_words_before_the_structure(page, house):
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    editor(page, "Instructions").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" More.")
    page.keyboard.press(UNDO)
    until(lambda: text_of(page, "Instructions") == FIRST)
    order(page, "instructions", "role", "input")

    page.keyboard.press(UNDO)

    order(page, "instructions", "input", "role")
    assert text_of(page, "Instructions") == FIRST


def test_new_act_after_an_undo_leaves_nothing_to_do_again(page, house):
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    stand(page, "Role")
    page.keyboard.press(UNDO)
    order(page, "instructions", "input", "role")
    menu(page, "Instructions", "Turn off")
    said(page, "Instructions turned off, it is not sent")
    page.keyboard.press(REDO)
    page.keyboard.press(UNDO)
    said(page, "Instructions turned on")

    assert kept(house) == ["instructions", "input", "role"]


def test_what_somebody_else_changed_stays_and_the_step_before_is_the_next(page, house):
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    menu(page, "Input", "Change type", "Context")
    order(page, "instructions", "role", "context")
    retype_block(house.block("context"), to="guardrails", actor=house.ben)
    stand(page, "Role")
    page.keyboard.press(UNDO)

    expect(page.locator("#toasts .error")).to_contain_text(
        "Ben changed Guardrails after that. Nothing was undone."
    )
    order(page, "instructions", "role", "guardrails")
    page.keyboard.press(UNDO)
    order(page, "instructions", "guardrails", "role")


def test_typed_words_are_saved_before_a_step_is_taken_back(page, house):
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    editor(page, "Input").click()
    page.keyboard.insert_text("Typed just now.")
    stand(page, "Input")
    page.keyboard.press(UNDO)

    order(page, "instructions", "input", "role")
    state(page, "saved")
    assert text_of(page, "Input") == "Typed just now."
    assert house.block("input").body == "Typed just now."

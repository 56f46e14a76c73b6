"""The editor: the blocks of a draft, and that nothing typed is ever lost."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from apps.prompts.actions import add_block, save_block
from tests.browser.people import (
    Place,
    block,
    editor,
    give_password,
    sign_in_with_password,
    text_of,
    until,
)
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
FIRST = "Read the whole message."


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body=FIRST, actor=stood.ana)
    return stood


@pytest.fixture
def page(place: Place, house: House) -> Page:
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    return page


def state(page: Page, name: str) -> None:
    """Wait until the line in the head of the page says so."""
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", name)


def labels(page: Page) -> list[str]:
    return page.locator("li.block").evaluate_all("all => all.map((one) => one.dataset.block)")


def order(page: Page, *types: str) -> None:
    """Wait until the blocks on the page stand like this."""
    expect(page.locator("li.block")).to_have_count(len(types))
    until(lambda: labels(page) == list(types))


def kept(house: House) -> list[str]:
    """The types of the blocks as the server has them."""
    return [one.type for one in house.blocks]


def write(page: Page, label: str, words: str) -> None:
    editor(page, label).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(words)


def menu(page: Page, label: str, *steps: str) -> None:
    """Open a block's menu and press what it offers."""
    here = block(page, label)
    here.locator("summary").first.click()
    for step in steps[:-1]:
        here.locator("summary", has_text=step).click()
    here.get_by_role("button", name=steps[-1], exact=False).first.click()


# --- blocks ----------------------------------------------------------------------------------


def test_typed_words_are_saved_and_are_there_for_everybody(page, place, house):
    write(page, "Instructions", " Then answer.")
    state(page, "saved")
    until(lambda: house.block("instructions").body == f"{FIRST} Then answer.")

    other = place.signed_in(house.ben)
    other.goto(WRITE)

    assert text_of(other, "Instructions") == f"{FIRST} Then answer."
    expect(block(other, "Instructions").locator(".label")).to_contain_text("Ana")


def test_new_block_comes_with_the_caret_in_it(page, house):
    page.locator("[data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Guardrails").click()
    expect(editor(page, "Guardrails")).to_be_focused()
    page.keyboard.insert_text("Never promise a date.")
    state(page, "saved")

    order(page, "instructions", "input", "guardrails")
    assert kept(house) == ["instructions", "input", "guardrails"]
    until(lambda: house.block("guardrails").body == "Never promise a date.")


def test_slash_in_an_empty_block_offers_the_types(page, house):
    editor(page, "Input").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("/")

    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.press("Enter")

    order(page, "instructions", "input", "role")


def test_slash_puts_the_new_block_behind_the_one_where_it_was_typed(page, house):
    editor(page, "Instructions").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("/")
    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.press("Enter")
    order(page, "instructions", "role", "input")

    page.locator("[data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Guardrails").click()
    order(page, "instructions", "role", "input", "guardrails")


def test_block_changes_its_type_and_keeps_its_words(page, house):
    menu(page, "Instructions", "Change type", "Context")

    order(page, "context", "input")
    assert text_of(page, "Context") == FIRST
    assert house.block("context").body == FIRST


def test_block_that_is_switched_off_is_not_sent(page, house):
    menu(page, "Instructions", "Turn off")

    expect(block(page, "Instructions")).to_contain_text("Turned off, not sent")
    expect(page.locator("#preview")).not_to_contain_text(FIRST)
    menu(page, "Instructions", "Turn on")
    expect(page.locator("#preview")).to_contain_text(FIRST)


def test_block_is_doubled_and_the_copy_is_a_block_of_its_own(page, house):
    menu(page, "Instructions", "Duplicate")
    order(page, "instructions", "instructions", "input")
    page.locator("li.block .cm-content").nth(1).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(" Twice.")
    state(page, "saved")

    until(lambda: [one.body for one in house.blocks][:2] == [FIRST, f"{FIRST} Twice."])


def test_deleted_block_comes_back_from_the_list_of_deleted_ones(page, house):
    menu(page, "Instructions", "Delete")
    order(page, "input")
    page.reload()
    page.locator("#deleted-blocks summary").click()
    page.get_by_role("button", name="Put back Instructions").click()

    order(page, "instructions", "input")
    assert text_of(page, "Instructions") == FIRST


# --- order -----------------------------------------------------------------------------------


@pytest.fixture
def three(house: House, place: Place) -> Page:
    add_block(house.draft, type="role", after=house.blocks[-1].key, actor=house.ana)
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    order(page, "instructions", "input", "role")
    return page


def test_block_is_dragged_with_the_mouse(three, house):
    grip = block(three, "Role").locator(".grip")
    target = block(three, "Instructions").bounding_box()
    grip.hover()
    three.mouse.down()
    three.mouse.move(target["x"] + 20, target["y"] + target["height"] / 2, steps=8)
    three.mouse.move(target["x"] + 20, target["y"] + 4, steps=8)
    with three.expect_response(lambda answer: "/order/" in answer.url):
        three.mouse.up()

    order(three, "role", "instructions", "input")
    assert kept(house) == ["role", "instructions", "input"]


def test_block_is_moved_from_its_menu(three, house):
    menu(three, "Role", "Move up")

    order(three, "instructions", "role", "input")
    assert kept(house) == ["instructions", "role", "input"]


def test_block_is_moved_with_the_keys_and_keeps_the_caret(three, house):
    editor(three, "Role").click()
    three.keyboard.press("Alt+Shift+ArrowUp")
    order(three, "instructions", "role", "input")
    expect(editor(three, "Role")).to_be_focused()
    three.keyboard.press("Alt+Shift+ArrowUp")

    order(three, "role", "instructions", "input")
    expect(editor(three, "Role")).to_be_focused()
    assert kept(house) == ["role", "instructions", "input"]


def test_keys_lead_through_the_blocks_without_a_trap(three):
    editor(three, "Instructions").click()
    three.keyboard.press("Control+Enter")
    expect(editor(three, "Input")).to_be_focused()
    three.keyboard.press("Escape")
    expect(block(three, "Input")).to_be_focused()
    three.keyboard.press("Enter")
    expect(editor(three, "Input")).to_be_focused()
    three.keyboard.press("Tab")
    expect(editor(three, "Input")).not_to_be_focused()


# --- variables -------------------------------------------------------------------------------


def test_variable_is_found_declared_and_drawn(page, house):
    write(page, "Instructions", " Greet {{customer_name}}.")
    state(page, "saved")
    expect(block(page, "Instructions")).to_contain_text("Not declared: customer_name")
    page.get_by_role("link", name="Variables").click()
    page.get_by_role("button", name="Add customer_name").click()

    expect(page.locator("#variables-pane")).to_contain_text("Text, required")
    expect(block(page, "Instructions")).not_to_contain_text("Not declared")
    expect(block(page, "Instructions").locator(".cm-content .var")).to_contain_text("customer_name")
    assert [row.name for row in house.draft.variables.all()] == ["customer_name"]


def test_two_braces_offer_the_declared_variables(page, house):
    write(page, "Instructions", " {{shop}} {{city}}")
    state(page, "saved")
    page.get_by_role("link", name="Variables").click()
    page.get_by_role("button", name="Add all 2").click()
    expect(page.locator("#variables-pane .varrow .var")).to_have_count(2)
    editor(page, "Input").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" {{ci")
    page.locator(".cm-tooltip-autocomplete li").click()
    state(page, "saved")

    assert text_of(page, "Input") == " {{city}}"


# --- nothing typed is lost -------------------------------------------------------------------


def test_words_typed_without_a_connection_are_saved_when_it_is_back(page, house):
    page.context.set_offline(True)
    write(page, "Instructions", " Offline words.")
    state(page, "waiting")
    expect(page.locator("[data-save-state]").first).to_contain_text("Not saved, 1 change waiting")
    expect(page.locator("#offline")).to_contain_text("You are offline")
    assert house.block("instructions").body == FIRST

    page.context.set_offline(False)

    state(page, "saved")
    until(lambda: house.block("instructions").body == f"{FIRST} Offline words.")
    expect(page.locator("#offline")).to_have_count(0)


def test_session_that_ended_keeps_the_words_until_one_is_signed_in_again(page, house):
    give_password(house.ana)
    Session.objects.all().delete()
    write(page, "Instructions", " After the session.")
    expect(page.locator("#signed-out")).to_contain_text("You are signed out")
    state(page, "waiting")
    assert text_of(page, "Instructions") == f"{FIRST} After the session."
    assert house.block("instructions").body == FIRST

    with page.context.expect_page() as opened:
        page.locator("#signed-out").get_by_role("link", name="Sign in in a new tab").click()
    sign_in_with_password(opened.value, house.ana.email)
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")  # headless tabs do not fire it

    state(page, "saved")
    expect(page.locator("#signed-out")).to_have_count(0)
    until(lambda: house.block("instructions").body == f"{FIRST} After the session.")


def test_structure_waits_for_the_sign_in_too(page, place, house):
    """A button pressed with a session that ended says so, and nothing on the page is lost."""
    Session.objects.all().delete()
    menu(page, "Instructions", "Duplicate")

    expect(page.locator("#signed-out")).to_be_visible()
    order(page, "instructions", "input")
    assert text_of(page, "Instructions") == FIRST


def test_closed_tab_gives_its_words_back(page, house):
    page.context.set_offline(True)
    write(page, "Instructions", " Closed too early.")
    state(page, "waiting")
    context = page.context
    page.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(WRITE)

    expect(again.locator("#toasts")).to_contain_text("was put back and is being saved")
    state(again, "saved")
    assert text_of(again, "Instructions") == f"{FIRST} Closed too early."
    until(lambda: house.block("instructions").body == f"{FIRST} Closed too early.")


def test_link_followed_while_typing_saves_first(page, house):
    write(page, "Instructions", " Last words.")
    page.get_by_role("link", name="History", exact=True).click()
    page.wait_for_url("**/-/history/")

    assert house.block("instructions").body == f"{FIRST} Last words."


def test_text_that_is_too_long_stays_in_the_block_and_says_why(page, house):
    editor(page, "Instructions").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("x" * 262_145)
    state(page, "failed")
    expect(block(page, "Instructions").locator("[data-block-error]")).to_contain_text("256 KiB")
    assert (len(text_of(page, "Instructions")), house.block("instructions").body) == (
        262_145,
        FIRST,
    )

    editor(page, "Instructions").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("Short again.")

    state(page, "saved")
    until(lambda: house.block("instructions").body == "Short again.")


def test_plain_text_boxes_save_in_the_same_way(place, house):
    house.ana.plain_text_boxes = True
    house.ana.save(update_fields=["plain_text_boxes"])
    page = place.signed_in(house.ana)
    page.goto(WRITE)

    block(page, "Instructions").locator("textarea[name=body]").fill("In a plain box.")

    state(page, "saved")
    until(lambda: house.block("instructions").body == "In a plain box.")

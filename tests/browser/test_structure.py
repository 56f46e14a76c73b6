"""The structure of a draft in the browser: taken back, built and moved, by mouse and by keys."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Page, Route, expect

from apps.prompts.actions import (
    add_block,
    remove_block,
    retype_block,
    save_block,
    share_block,
)
from apps.reviews.actions import resolve_thread, start_draft_thread
from tests.browser.axe import too_wide
from tests.browser.people import Place, block, editor, hearing, text_of, until
from tests.browser.test_editor import WRITE, kept, menu, order, state
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

FIRST = "Read the whole message."
UNDO = "Control+z"
COMING = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
REDO = "Control+Shift+z"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body=FIRST, actor=stood.ana)
    add_block(stood.draft, type="role", actor=stood.ana)
    return stood


@pytest.fixture
def page(place: Place, house: House) -> Page:
    page = hearing(place.signed_in(house.ana), WRITE)
    order(page, "instructions", "input", "role")
    return page


def said(page: Page, words: str) -> None:
    """The one note about the structure, which assistive technology reads out as well."""
    expect(page.locator("#toasts toast-note:has([name=way]) p")).to_have_text(words)


def stand(page: Page, label: str) -> None:
    """The focus on the block itself, as Escape leaves it when nothing is open in the text."""
    expect(page.locator(COMING)).to_have_count(0)  # what is on its way may take the focus along
    block(page, label).evaluate("one => one.focus()")
    expect(block(page, label)).to_be_focused()


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


def test_nothing_is_lost_when_the_list_without_the_block_was_faster_than_the_answer(page, house):
    """What one does oneself is told to one's page too, and the list that it asks for then."""
    held: list[Route] = []
    page.route("**/remove/", lambda route: held.append(route), times=1)

    menu(page, "Instructions", "Delete")
    until(lambda: page.evaluate("1") == 1 and bool(held))
    with page.expect_response("**/-/blocks/") as listed:
        answer = held[0].fetch()
    listed.value.finished()
    with page.expect_response("**/-/blocks/"):  # asked again, for what else it told
        held[0].fulfill(response=answer)

    order(page, "input", "role")
    expect(block(page, "Input")).to_be_focused()
    said(page, "Instructions deleted")
    page.keyboard.press(UNDO)
    order(page, "instructions", "input", "role")


def test_second_act_is_sent_when_the_first_was_answered(page, house):
    """Its answer would take the form of the first away, and what that one says of itself."""
    held: list[Route] = []
    page.route("**/remove/", lambda route: held.append(route), times=2)

    menu(page, "Instructions", "Delete")
    until(lambda: page.evaluate("1") == 1 and len(held) == 1)
    menu(page, "Input", "Delete")
    expect(block(page, "Input").locator("button[data-act=remove]")).to_have_attribute(
        "aria-busy", "true"
    )
    page.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    until(lambda: page.evaluate("1") == 1 and len(held) == 2)
    order(page, "input", "role")
    held[1].continue_()

    order(page, "role")
    said(page, "Input deleted")
    for left in (["input", "role"], ["instructions", "input", "role"]):
        page.keyboard.press(UNDO)
        order(page, *left)


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


# --- the "+" between two blocks --------------------------------------------------------------


def plus(page: Page, label: str):
    return block(page, label).get_by_role("link", name="Add a block below")


def test_plus_adds_between_two_blocks_with_the_mouse(page, house):
    block(page, "Instructions").hover()
    plus(page, "Instructions").click()
    expect(page.locator("[data-where]")).to_have_text("Add a block below Instructions, block 1")
    page.locator("[data-picker]").get_by_role("button", name="Guardrails").click()
    expect(editor(page, "Guardrails")).to_be_focused()

    order(page, "instructions", "guardrails", "input", "role")
    said(page, "Guardrails added")
    assert kept(house) == ["instructions", "guardrails", "input", "role"]


def test_plus_adds_between_two_blocks_with_keys_and_letters_find(page, house):
    plus(page, "Input").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.type("never happen")
    expect(page.locator("[data-picker] .menuitem:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    order(page, "instructions", "input", "guardrails", "role")
    assert kept(house) == ["instructions", "input", "guardrails", "role"]


def test_picker_that_finds_nothing_says_so_and_escape_leads_back(page):
    plus(page, "Input").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.type("zzz")
    expect(page.locator("#add-choices-none")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    expect(plus(page, "Input")).to_be_focused()
    page.locator("[data-picker] > summary").click()
    expect(page.locator("[data-where]")).to_be_hidden()
    expect(page.locator("[data-picker] .menuitem:visible")).to_have_count(9)


def test_own_button_adds_at_the_end_after_a_plus_that_was_left(page, house):
    plus(page, "Instructions").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.locator("[data-picker] > summary").click()
    page.locator("[data-picker]").get_by_role("button", name="Note").click()

    order(page, "instructions", "input", "role", "note")


def test_open_picker_stays_when_somebody_else_changes_the_list(page, house):
    plus(page, "Instructions").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.type("con")
    add_block(house.draft, type="note", actor=house.ben)
    order(page, "instructions", "input", "role", "note")

    expect(page.locator("[data-filters='#add-choices']")).to_have_value("con")
    page.locator("[data-picker]").get_by_role("button", name="Context").click()
    order(page, "instructions", "context", "input", "role", "note")


def test_snippet_is_inserted_between_two_blocks(place, house):
    save_block(house.block("role"), revision=1, body="We are a bank.", actor=house.ana)
    share_block(house.block("role"), namespace=house.space, name="Who we are", actor=house.ana)
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    plus(page, "Instructions").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Snippet…").click()
    page.locator("#insert-snippet").get_by_role("button", name="Who we are").click()

    order(page, "instructions", "role", "input", "role")
    said(page, "Snippet inserted")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    order(page, "instructions", "input", "role")


def test_plus_is_large_enough_for_a_finger(place, house):
    page = place.signed_in(house.ana, width=390, touch=True)
    page.goto(WRITE)
    spot = plus(page, "Instructions")
    reach = spot.evaluate("""one => {
        const { width, height } = one.getBoundingClientRect();
        const around = getComputedStyle(one, "::before");
        return [width - 2 * parseFloat(around.left), height - 2 * parseFloat(around.top)];
    }""")

    assert min(reach) >= 44
    expect(spot).to_have_css("opacity", "1")
    spot.tap()
    page.locator("[data-picker]").get_by_role("button", name="Guardrails").tap()
    order(page, "instructions", "guardrails", "input", "role")


# --- keys on a block -------------------------------------------------------------------------


def test_block_is_moved_to_a_position_with_keys(page, house):
    stand(page, "Role")
    page.keyboard.press("p")
    expect(page.get_by_label("1 to 3").nth(2)).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Enter")

    order(page, "role", "instructions", "input")
    said(page, "Role moved to position 1 of 3")
    assert kept(house) == ["role", "instructions", "input"]


def test_position_that_is_none_is_said_and_the_block_stays(page, house):
    stand(page, "Role")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Role is at position 3 of 3 already")
    stand(page, "Role")
    page.keyboard.press("p")
    page.keyboard.type("12")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts .error")).to_contain_text("Give a position from 1 to 3.")
    expect(block(page, "Role").locator("[name=to]")).to_have_value("12")
    assert kept(house) == ["instructions", "input", "role"]


def test_letters_act_on_the_block_with_the_focus(page, house):
    stand(page, "Input")
    page.keyboard.press("o")
    said(page, "Input turned off, it is not sent")
    page.keyboard.press("d")
    said(page, "Input duplicated")
    order(page, "instructions", "input", "input", "role")
    stand(page, "Role")
    page.keyboard.press("t")
    expect(page.locator(".submenu[open] [aria-current]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    said(page, "Role is now Context")
    stand(page, "Context")
    page.keyboard.press("Delete")
    said(page, "Context deleted")

    order(page, "instructions", "input", "input")
    assert [(one.type, one.enabled) for one in house.blocks][1:] == [("input", False)] * 2


def test_letters_can_be_switched_off_and_the_rest_still_works(place, house):
    house.ana.single_key_shortcuts = False
    house.ana.save(update_fields=["single_key_shortcuts"])
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    stand(page, "Input")
    page.keyboard.press("d")
    page.keyboard.press("ArrowDown")
    expect(block(page, "Role")).to_be_focused()
    page.keyboard.press("Shift+F10")
    expect(block(page, "Role").locator(".menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(block(page, "Role")).to_be_focused()
    page.keyboard.press("Alt+Shift+ArrowUp")

    order(page, "instructions", "role", "input")
    expect(block(page, "Role")).to_be_focused()
    said(page, "Role moved to position 2 of 3")


def test_letters_in_a_text_are_text(page, house):
    editor(page, "Input").click()
    page.keyboard.type("podt")

    until(lambda: house.block("input").body == "podt")
    order(page, "instructions", "input", "role")


def test_plus_key_adds_below_the_block(page, house):
    stand(page, "Instructions")
    page.keyboard.press("+")
    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.type("note")
    page.keyboard.press("Enter")

    order(page, "instructions", "note", "input", "role")


def test_block_that_is_a_snippet_has_a_menu_too(place, house):
    save_block(house.block("role"), revision=1, body="We are a bank.", actor=house.ana)
    share_block(house.block("role"), namespace=house.space, name="Who we are", actor=house.ana)
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    expect(block(page, "Role").get_by_text("Change type")).to_have_count(0)
    menu(page, "Role", "Delete")
    order(page, "instructions", "input")


def test_list_of_keys_names_them_all(page):
    stand(page, "Role")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()

    for words in ("Comment on the selected words", "Save now", "Move to a position", "Do it again"):
        expect(keys).to_contain_text(words)


# --- what is said about a block --------------------------------------------------------------


def test_block_counts_its_open_comments_and_leads_to_them(page, house, place):
    link = block(page, "Input").locator("[data-comments]")
    expect(link).to_be_hidden()
    first = start_draft_thread(
        house.draft, block_key=house.block("input").key, body="Why?", actor=house.ben
    )
    expect(link).to_have_text("1 comment: Input")
    start_draft_thread(
        house.draft, block_key=house.block("input").key, body="How?", actor=house.ben
    )
    expect(link).to_have_text("2 comments: Input")
    menu(page, "Role", "Move up")
    order(page, "instructions", "role", "input")
    expect(link).to_have_text("2 comments: Input")

    link.click()
    expect(page.locator("#threads")).to_contain_text("Why?")
    resolve_thread(first, actor=house.ben)
    expect(link).to_have_text("1 comment: Input")
    page.reload()
    expect(link).to_have_text("1\u00a0comment: Input")


def test_a_comment_that_comes_while_comments_are_counted_is_counted_too(page, house):
    """The answer to the first question is on its way when the second comment is told."""
    link = block(page, "Input").locator("[data-comments]")
    key = house.block("input").key
    held: list[Route] = []
    topic = f"touch-comments-{house.draft.pk}"
    page.evaluate(
        "(name) => { window.told = 0; document.body.addEventListener(name, () => (told += 1)); }",
        topic,
    )
    page.route("**/comments/words/", lambda route: held.append(route), times=1)

    start_draft_thread(house.draft, block_key=key, body="Why?", actor=house.ben)
    until(lambda: page.evaluate("1") == 1 and bool(held))
    early = held[0].fetch()
    start_draft_thread(house.draft, block_key=key, body="How?", actor=house.ben)
    until(lambda: page.evaluate("told") > 1)
    held[0].fulfill(response=early)

    expect(link).to_have_text("2 comments: Input")


# --- what others save ------------------------------------------------------------------------


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The lists and single blocks that the page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda one: found.append(one.url) if "/-/blocks/" in one.url else None)
    return found


def test_only_the_block_that_somebody_saved_is_asked_for(page, house, asked):
    editor(page, "Input").click()
    page.keyboard.type("Mine, ")
    text = house.block("instructions")
    save_block(text, revision=text.revision, body="Read it twice.", actor=house.ben)
    until(lambda: text_of(page, "Instructions") == "Read it twice.")
    page.keyboard.type("and more.")
    state(page, "saved")

    expect(editor(page, "Input")).to_be_focused()
    until(lambda: house.block("input").body == "Mine, and more.")
    expect(block(page, "Instructions").locator(".label")).to_contain_text("Ben")
    assert [one for one in asked if not one.endswith("/save/")] == [
        f"{page.url.removesuffix('write/')}blocks/{text.key}/"
    ]


def test_own_save_asks_for_no_block(page, house, asked):
    editor(page, "Input").click()
    page.keyboard.type("Mine.")
    state(page, "saved")
    other = house.block("role")
    save_block(other, revision=other.revision, body="Of Ben.", actor=house.ben)
    until(lambda: text_of(page, "Role") == "Of Ben.")

    assert [one for one in asked if "/save/" not in one and str(other.key) not in one] == []


def test_new_block_of_somebody_else_brings_the_list(page, house, asked):
    add_block(house.draft, type="note", actor=house.ben)
    order(page, "instructions", "input", "role", "note")

    assert [one.rpartition("/-/")[2] for one in asked] == ["blocks/"]


# --- narrow and enlarged ---------------------------------------------------------------------


def test_editor_and_what_opens_in_it_fit_a_narrow_screen(place, house):
    save_block(house.block("role"), revision=1, body="We are a bank.", actor=house.ana)
    share_block(house.block("role"), namespace=house.space, name="Who we are", actor=house.ana)
    remove_block(house.block("input"), actor=house.ana)
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    lists = ("#add-block", "#insert-snippet", "#deleted-blocks", "li.block .tools > details")
    for width, one in product((960, 720, 320), lists):  # 720: a screen of 1440 at 200 %
        assert too_wide(page, width) == []
        page.locator(f"{one} > summary").first.click()
        expect(page.locator(f"{one} > .menulist").first).to_be_visible()
        assert too_wide(page, width) == [], one
        box = page.locator(f"{one} > .menulist").first.bounding_box()
        assert box["x"] >= 0, (width, one)
        page.keyboard.press("Escape")
        expect(page.locator("details.menu[open]")).to_have_count(0)

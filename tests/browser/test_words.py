"""What the editor does with the names of variables, with its own boxes and with plain ones."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import declare_variable, save_block
from tests.browser.axe import barriers
from tests.browser.people import Place, block, editor, hearing, text_of, until
from tests.live import ROOT
from tests.prompts.conftest import House, make_house
from tests.prompts.slips import SLIPS
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    declare_variable(stood.draft, name="order_id", actor=stood.ana)
    body = "Say {{order_di}} twice: {{ order_di }}."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def at_the_draft(place: Place, house: House, *, plain: bool = False, **more) -> Page:
    house.ana.plain_text_boxes = plain
    house.ana.save(update_fields=["plain_text_boxes"])
    page = place.signed_in(house.ana, **more)
    page.goto(WRITE)
    return page


def kept(house: House, type: str = "instructions") -> str:
    return house.block(type).body


def names(house: House) -> list[str]:
    return [variable.name for variable in house.draft.variables.all()]


def test_the_browser_finds_the_same_name_as_the_server(browser):
    source = (ROOT / "static/src/js/editor/nearest.js").read_text().replace("export ", "")
    page = browser.new_page()
    ask = f"([name, names]) => {{ {source}; return nearest(name, names); }}"

    found = [page.evaluate(ask, [typed, known]) for typed, known, _meant in SLIPS]

    page.close()
    assert found == [meant for _typed, _names, meant in SLIPS]


def test_t31_hidden_characters_are_drawn_while_one_writes_and_stay_what_they_are(place, house):
    odd = "Pay\u200b \u202etxt\u2066 \U0001f468\u200d\U0001f469 \u2764\ufe0f \u05d0 \ue000."
    here = house.block("instructions")
    save_block(here, revision=here.revision, body=odd, actor=house.ana)
    page = at_the_draft(place, house)

    marks = block(page, "Instructions").locator(".cm-content .odd")

    expect(marks).to_have_count(4)
    assert marks.evaluate_all("all => all.map((one) => one.dataset.marker)") == [
        "Zero width space",
        "Right-to-left override",
        "Character U+2066",
        "Character U+E000",
    ]
    assert text_of(page, "Instructions") == kept(house) == odd


@pytest.mark.parametrize("plain", [False, True], ids=["editor", "plain"])
def test_a_misspelt_name_is_put_right_in_one_click_and_can_be_undone(plain, place, house):
    page = at_the_draft(place, house, plain=plain)
    here = block(page, "Instructions")
    expect(here.locator(".unknowns")).to_contain_text("Not declared: order_di")

    here.get_by_role("button", name="Did you mean {{order_id}}?").click()

    right = "Say {{order_id}} twice: {{ order_id }}."
    expect(here.locator(".unknowns")).to_have_count(0)
    until(lambda: kept(house) == right)
    for _ in range(2 if plain else 1):
        page.keyboard.press("Control+z")
    assert text_of(page, "Instructions") == "Say {{order_di}} twice: {{ order_di }}."
    until(lambda: "order_di" in kept(house))


@pytest.mark.parametrize("plain", [False, True], ids=["editor", "plain"])
def test_a_new_name_is_declared_in_one_click_while_words_wait(plain, place, house):
    page = at_the_draft(place, house, plain=plain)
    page.route("**/save/", lambda route: None)  # the words wait
    here = block(page, "Input")
    here.locator("textarea" if plain else ".cm-content").first.click()
    page.keyboard.insert_text("From {{town}}")
    expect(here.locator(".unknowns")).to_have_text("Not declared: townAdd variable town")

    here.get_by_role("button", name="Add variable town").click()

    expect(here.locator(".unknowns")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("town is a variable now")
    assert names(house) == ["order_id", "town"]
    assert text_of(page, "Input") == "From {{town}}"
    page.unroute("**/save/")
    page.keyboard.insert_text("!")
    until(lambda: kept(house, "input") == "From {{town}}!")


def test_a_name_that_somebody_else_declares_is_known_here_too(place, house):
    page = hearing(place.signed_in(house.ana), WRITE)
    here = block(page, "Instructions").locator(".unknowns")
    expect(here).to_have_count(1)

    declare_variable(house.draft, name="order_di", actor=house.ben)

    expect(here).to_have_count(0)


def test_the_pane_puts_a_name_right_in_all_texts_through_their_editors(place, house):
    page = at_the_draft(place, house)
    editor(page, "Input").click()
    page.keyboard.insert_text("{{order_di}}")
    page.get_by_role("link", name="Variables").click()
    page.locator("#found-variables").get_by_role("button", name="Did you mean order_id?").click()

    until(lambda: (kept(house, "input"), "order_di" in kept(house)) == ("{{order_id}}", False))
    expect(page.locator("#found-variables")).not_to_contain_text("order_di")


def test_without_javascript_both_are_buttons_under_the_block(place, house):
    page = at_the_draft(place, house, javascript=False)
    here = block(page, "Instructions")
    here.get_by_role("button", name="Did you mean order_id?").click()
    assert kept(house) == "Say {{order_id}} twice: {{ order_id }}."

    page.get_by_label("Instructions, block 1 of 2").fill("For {{town}}.")
    here.get_by_role("button", name="Save").click()
    here.get_by_role("button", name="Add variable town").click()

    assert names(house) == ["order_id", "town"]
    expect(here.get_by_text("Not declared")).to_have_count(0)


def test_plain_boxes_list_variables_by_keys(place, house):
    page = at_the_draft(place, house, plain=True)
    box = block(page, "Input").locator("textarea[name=body]")
    box.click()
    page.keyboard.type("About {{or")
    option = block(page, "Input").get_by_role("option")
    expect(option).to_contain_text("order_id")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    page.keyboard.press("Enter")
    expect(option).to_have_count(0)
    page.keyboard.type(" and \\{{or")
    expect(option).to_have_count(0)

    until(lambda: kept(house, "input") == "About {{order_id}} and \\{{or")
    page.keyboard.type(" {{")
    page.keyboard.press("Escape")
    expect(option).to_have_count(0)
    page.keyboard.press("Tab")
    expect(box).not_to_be_focused()


def test_slash_in_an_empty_plain_box_offers_the_types_and_elsewhere_is_a_slash(place, house):
    page = at_the_draft(place, house, plain=True)
    box = block(page, "Input").locator("textarea[name=body]")
    box.click()
    page.keyboard.type("a/b")
    expect(box).to_have_value("a/b")
    box.fill("")
    page.keyboard.press("/")

    expect(page.locator("[data-picker] .menuitem").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("li.block")).to_have_count(3)


def test_what_stands_under_a_text_is_accessible_and_fits(place, house):
    page = at_the_draft(place, house, plain=True)
    block(page, "Input").locator("textarea[name=body]").click()
    page.keyboard.type("{{")
    option = block(page, "Input").get_by_role("option")
    expect(option).to_be_visible()

    assert barriers(page) == []
    expect(option).to_be_visible()

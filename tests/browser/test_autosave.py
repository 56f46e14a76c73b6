"""What is typed is kept while storage is forbidden or full, the clock is wrong, two tabs are open,
somebody else's words come in, and two texts meet."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import save_block
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.browser.people import Place, block, editor, text_of, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
SAVED = "[data-save-state][data-state=saved]"
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no storage here", "SecurityError"); }
});"""
FULL = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};"""
LONG_AGO = """const Now = Date;
window.Date = class extends Now {
  constructor(...given) { given.length ? super(...given) : super(Now.now() - 9e11); }
  static now() { return Now.now() - 9e11; }
};"""


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    body = "Read the whole message.\n\nThen answer."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def at_the_draft(place: Place, person, script: str = "") -> Page:
    page = place.signed_in(person)
    if script:
        page.add_init_script(script)
    page.goto(WRITE)
    return page


def kept(house: House) -> str:
    return DraftBlock.objects.get(pk=house.block("instructions").pk).body


def type_at(page: Page, key: str, words: str) -> None:
    editor(page, "Instructions").click()
    page.keyboard.press(key)
    page.keyboard.type(words)


@pytest.mark.parametrize("script", [FORBIDDEN, FULL, LONG_AGO], ids=["none", "full", "clock"])
def test_words_are_saved_whatever_storage_and_clock_say(script, place, house):
    page = at_the_draft(place, house.ana, script)

    type_at(page, "Control+End", " Be brief.")

    until(lambda: kept(house).endswith("Be brief."))
    expect(page.locator(SAVED)).to_be_visible()


def test_words_typed_without_a_network_and_without_storage_are_saved_when_it_is_back(place, house):
    page = at_the_draft(place, house.ana, FORBIDDEN)
    page.context.set_offline(True)
    type_at(page, "Control+End", " Be brief.")
    expect(page.locator("[data-save-state][data-state=waiting]")).to_be_visible()

    page.context.set_offline(False)

    until(lambda: kept(house).endswith("Be brief."))


def test_two_tabs_of_one_person_keep_the_words_of_both(place, house):
    one = at_the_draft(place, house.ana)
    other = one.context.new_page()
    other.goto(WRITE)

    type_at(one, "Control+Home", "First: ")
    type_at(other, "Control+End", " Be brief.")

    whole = "First: Read the whole message.\n\nThen answer. Be brief."
    until(lambda: kept(house) == whole)
    for page in (one, other):
        here = block(page, "Instructions").locator("textarea[name=body]")
        expect(here).to_have_value(whole)
    assert ConflictCopy.objects.count() == 0


def test_a_caret_stays_between_its_words_when_others_change_around_it(place, house):
    page = at_the_draft(place, house.ana)
    editor(page, "Instructions").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    around = "Please read the whole message.\n\nThen answer. Be brief."
    save_block(house.block("instructions"), revision=2, body=around, actor=house.ben)
    here = block(page, "Instructions").locator("textarea[name=body]")
    expect(here).to_have_value(around)

    page.keyboard.type(" Twice.")

    wanted = "Please read the whole message. Twice.\n\nThen answer. Be brief."
    until(lambda: kept(house) == wanted)
    assert text_of(page, "Instructions") == wanted


def test_whoever_writes_in_another_block_notices_nothing(place, house):
    page = at_the_draft(place, house.ana)
    editor(page, "Input").click()
    page.keyboard.type("The ")
    save_block(house.block("instructions"), revision=2, body="Other words.", actor=house.ben)
    here = block(page, "Instructions").locator("textarea[name=body]")
    expect(here).to_have_value("Other words.")

    page.keyboard.type("message")

    until(lambda: house.block("input").body == "The message")
    expect(page.locator("#toasts toast-note")).to_have_count(0)
    expect(page.locator("[data-merge-panel]")).to_have_count(0)


def test_a_panel_of_two_texts_takes_no_keystroke_and_keeps_what_mine_grew_by(place, house):
    page = at_the_draft(place, house.ana)
    page.context.set_offline(True)
    editor(page, "Instructions").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Answer at once.")
    save_block(house.block("instructions"), revision=2, body="Answer tomorrow.", actor=house.ben)
    page.context.set_offline(False)
    panel = page.locator("[data-merge-panel]")
    expect(panel).to_be_visible()

    page.keyboard.type(" Or soon.")

    expect(panel).to_be_visible()
    assert text_of(page, "Instructions") == "Answer at once. Or soon."
    expect(panel.locator("[data-merge-choice=mine] ins")).to_contain_text("at once")
    expect(panel.locator("[data-merge-choice=theirs] ins")).to_contain_text("tomorrow")
    panel.get_by_role("button", name="Keep mine").click()
    until(lambda: kept(house) == "Answer at once. Or soon.")


def test_mine_of_a_closed_tab_is_kept_when_it_is_chosen_later(place, house):
    save_block(house.block("instructions"), revision=2, body="One.", actor=house.ben)
    save_block(house.block("instructions"), revision=2, body="Two.", actor=house.ana)

    page = at_the_draft(place, house.ana)
    page.locator("[data-merge-panel]").get_by_role("button", name="Keep mine").click()

    until(lambda: kept(house) == "Two.")
    assert not ConflictCopy.objects.filter(settled_at=None).exists()

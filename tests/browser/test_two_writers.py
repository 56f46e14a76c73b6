"""Two people write in the same prompt at once: what each typed is on both screens, or kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import remove_block, save_block
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.browser.people import Place, block, editor, text_of, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
SAVED = "[data-save-state][data-state=saved]"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    body = "Read the whole message.\n\nThen answer."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def at_the_draft(place: Place, person, **more) -> Page:
    page = place.signed_in(person, **more)
    page.goto(WRITE)
    return page


def kept(house: House, type: str = "instructions") -> str:
    return DraftBlock.objects.get(draft=house.draft, type=type, removed_at=None).body


def type_at(page: Page, key: str, words: str) -> None:
    editor(page, "Instructions").click()
    page.keyboard.press(key)
    page.keyboard.type(words)


def test_words_in_a_block_that_somebody_deletes_are_kept_with_it(place, house):
    ana = at_the_draft(place, house.ana)
    gone = house.block("instructions")
    ana.route("**/save/", lambda route: None)  # the words wait
    type_at(ana, "Control+End", " Never shout.")

    remove_block(gone, actor=house.ben)
    expect(ana.locator("#deleted-blocks")).to_be_visible()
    expect(block(ana, "Instructions")).to_contain_text("Never shout.")
    ana.unroute("**/save/")
    ana.keyboard.type(" Never.")
    ana.keyboard.press("Control+s")

    expect(ana.get_by_text("This block was deleted meanwhile.").first).to_be_visible()
    expect(ana.locator("li.block[data-block=instructions]")).to_have_count(0)
    gone.refresh_from_db()
    assert gone.body.endswith(" Never shout. Never.")
    assert gone.removed_at is not None


def test_t26_words_at_two_places_of_one_block_are_merged_on_both_screens(place, house):
    ana, ben = at_the_draft(place, house.ana), at_the_draft(place, house.ben)

    type_at(ana, "Control+Home", "First: ")
    type_at(ben, "Control+End", " Be brief.")

    whole = "First: Read the whole message.\n\nThen answer. Be brief."
    for page in (ana, ben):
        expect(block(page, "Instructions").locator("textarea[name=body]")).to_have_value(
            whole, timeout=20_000
        )
        expect(page.locator(SAVED)).to_be_visible()
    assert kept(house) == whole
    assert ConflictCopy.objects.count() == 0


def test_t26_the_same_words_are_shown_side_by_side_and_one_is_chosen(place, house):
    ana = at_the_draft(place, house.ana)
    ana.context.set_offline(True)
    editor(ana, "Instructions").click()
    ana.keyboard.press("Control+a")
    ana.keyboard.type("Answer at once.")
    block_row = house.block("instructions")
    save_block(block_row, revision=2, body="Answer tomorrow.", actor=house.ben)
    ana.context.set_offline(False)

    panel = ana.locator("[data-merge-panel]")
    expect(panel).to_be_visible(timeout=20_000)
    expect(panel).to_contain_text("Answer at once.")
    expect(panel).to_contain_text("Answer tomorrow.")
    assert kept(house) == "Answer tomorrow."
    panel.get_by_role("button", name="Keep mine").click()

    expect(panel).to_have_count(0)
    expect(ana.locator(SAVED)).to_be_visible()
    assert kept(house) == "Answer at once."
    assert ConflictCopy.objects.filter(settled_at=None).count() == 0


def test_a_closed_tab_finds_the_open_conflict_again(place, house):
    save_block(house.block("instructions"), revision=2, body="One.", actor=house.ben)
    save_block(house.block("instructions"), revision=2, body="Two.", actor=house.ana)

    page = at_the_draft(place, house.ana)
    page.locator("[data-merge-panel]").get_by_role("button", name="Keep theirs").click()

    expect(page.locator("[data-merge-panel]")).to_have_count(0)
    expect(page.locator(SAVED)).to_be_visible()
    page.reload()
    expect(page.locator("[data-merge-panel]")).to_have_count(0)
    assert text_of(page, "Instructions") == kept(house) == "One."


def test_a_block_deleted_and_taken_back(place, house):
    page = at_the_draft(place, house.ana)

    block(page, "Instructions").get_by_label("More for Instructions").click()
    block(page, "Instructions").get_by_role("button", name="Delete").click()
    expect(page.locator("li.block")).to_have_count(1)
    page.locator("#toasts").get_by_role("button", name="Undo").click()

    expect(page.locator("li.block")).to_have_count(2)
    assert text_of(page, "Instructions").startswith("Read the whole message.")


def test_an_unsaved_word_survives_a_new_block(place, house):
    page = at_the_draft(place, house.ana)
    type_at(page, "Control+End", " More")

    page.locator("li.addhere [data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Guardrails").click()

    expect(page.locator("li.block")).to_have_count(3)
    expect(page.locator(SAVED)).to_be_visible(timeout=20_000)
    assert text_of(page, "Instructions").endswith("Then answer. More")
    assert kept(house).endswith("Then answer. More")


def test_examples_are_added_and_removed(place, house):
    page = at_the_draft(place, house.ana)
    page.locator("li.addhere [data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Examples").click()
    here = block(page, "Examples")

    here.get_by_label("Input of example 1").fill("My card is gone")
    here.get_by_label("Output of example 1").fill("block now")
    here.get_by_role("button", name="Another example").click()
    here.get_by_label("Input of example 2").fill("Where is it")
    expect(page.locator(SAVED)).to_be_visible(timeout=20_000)
    here.get_by_label("More for example 1", exact=True).click()
    here.locator("details[open]").get_by_role("button", name="Delete").click()

    expect(here.get_by_label("Input of example 1")).to_have_value("Where is it")
    left = [{"input": "Where is it", "output": ""}]
    until(lambda: house.block("examples").rows == left)


def test_every_step_works_without_javascript(place, house):
    page = at_the_draft(place, house.ana, javascript=False)

    page.get_by_label("Instructions, block 1 of 2").fill("Plain words with {{tone}}.")
    block(page, "Instructions").get_by_role("button", name="Save").click()
    assert text_of(page, "Instructions") == "Plain words with {{tone}}."
    page.get_by_role("link", name="Variables").click()
    page.get_by_role("button", name="Add tone").click()
    assert [variable.name for variable in house.draft.variables.all()] == ["tone"]
    page.locator("li.addhere [data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Role").click()

    assert [one.type for one in house.blocks] == ["instructions", "input", "role"]

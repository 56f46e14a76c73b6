"""Comments on selected words of the draft, names after an "@", and a wording that is accepted."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from apps.prompts.actions import save_block
from apps.reviews.actions import start_draft_thread, suggest_in_draft
from apps.reviews.models import Thread
from tests.browser.axe import complaints, too_wide
from tests.browser.people import Place, editor
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
TEXT = "Be kind. Name the date of delivery. Never promise a refund."


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body=TEXT, actor=stood.ana)
    return stood


def at(place: Place, person, query: str = "", **more) -> Page:
    page = place.signed_in(person, **more)
    page.goto(WRITE + query)
    return page


def select(page: Page, words: str) -> None:
    """Put the selection of the editor of the instructions on these words, by keys."""
    editor(page, "Instructions").click()
    page.keyboard.press("Control+Home")
    for _ in range(TEXT.index(words)):
        page.keyboard.press("ArrowRight")
    for _ in words:
        page.keyboard.press("Shift+ArrowRight")


def test_comment_on_selected_words_is_marked_and_seen_by_the_other(place, house):
    ben = at(place, house.ben, "?pane=comments")
    ana = at(place, house.ana)
    select(ana, "Name the date")
    ana.keyboard.press("Control+Alt+m")

    box = ana.locator("#new-thread textarea")
    expect(box).to_be_focused()
    expect(ana.locator("[data-quote]")).to_have_text("Name the date")
    ana.keyboard.type("Which date?")
    ana.locator("#new-thread").get_by_role("button", name="Comment").click()

    expect(ana.locator(".thread q")).to_have_text("Name the date")
    expect(ana.locator("#blocks .commented")).to_have_text("Name the date")
    expect(ben.locator("#threads")).to_contain_text("Which date?")
    expect(ben.locator("#blocks .commented")).to_have_text("Name the date")
    assert Thread.objects.get().before.endswith("Be kind. ")
    expect(box).to_have_value("")


def test_reply_that_is_being_written_survives_what_others_say(place, house):
    thread = start_draft_thread(house.draft, block_key=None, body="First", actor=house.ana)
    ana = at(place, house.ana, f"?pane=comments#thread-{thread.pk}")
    expect(ana.locator(f"#thread-{thread.pk}")).to_be_focused()
    ana.locator("details.reply summary", has_text="Reply").click()
    expect(ana.get_by_role("textbox", name="Reply")).to_be_focused()
    ana.keyboard.type("Half a sen")

    start_draft_thread(house.draft, block_key=None, body="Second", actor=house.ben)

    expect(ana.locator("#threads")).to_contain_text("Second")
    expect(ana.get_by_role("textbox", name="Reply")).to_have_value("Half a sen")
    ana.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    ana.keyboard.press("Tab")
    ana.keyboard.press("Enter")
    expect(ana.locator("#signed-out")).to_be_visible()
    expect(ana.get_by_role("textbox", name="Reply")).to_have_value("Half a sen")


def test_name_after_an_at_sign_is_chosen_by_keys(place, house):
    ana = at(place, house.ana, "?pane=comments")
    ana.locator("#new-thread summary").click()
    expect(ana.locator("#new-thread textarea")).to_be_focused()
    ana.keyboard.type("Look, @Be")
    expect(ana.get_by_role("option", name="Ben")).to_have_attribute("aria-selected", "true")
    assert complaints(ana) == []
    ana.keyboard.press("Enter")
    expect(ana.locator("#new-thread textarea")).to_have_value("Look, @Ben ")
    ana.locator("#new-thread").get_by_role("button", name="Comment").click()
    expect(ana.locator(".thread .cmt")).to_contain_text("Look, @Ben")

    assert str(Thread.objects.get().comments.get().mentions.get().person) == "Ben"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_suggestion_is_accepted_with_one_click_and_undone_when_dismissed(
    place, house, theme, width
):
    for text in (TEXT.replace("a refund", "any refund"), TEXT.replace("Be kind", "Be brief")):
        block = house.block("instructions")
        suggest_in_draft(
            house.draft, block_key=block.key, revision=block.revision, text=text, actor=house.ben
        )
    ana = at(place, house.ana, "?pane=comments", theme=theme, width=width)
    assert complaints(ana) == []
    assert not too_wide(ana, width)

    ana.get_by_role("button", name="Dismiss the suggestion").first.click()
    ana.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(ana.get_by_role("button", name="Accept the suggestion")).to_have_count(2)
    ana.get_by_role("button", name="Accept the suggestion").first.click()

    expect(ana.get_by_role("button", name="Accept the suggestion")).to_have_count(1)
    expect(editor(ana, "Instructions")).to_contain_text("any refund")


def test_wording_is_written_beside_the_words_and_stays_while_others_talk(place, house):
    block = house.block("instructions")
    thread = start_draft_thread(house.draft, block_key=block.key, body="Too long", actor=house.ana)
    ben = at(place, house.ben, "?pane=comments")
    said = ben.locator(f"#thread-{thread.pk}")
    said.get_by_role("link", name="Suggest a wording").click()
    box = ben.get_by_role("textbox", name="The block, as you would write it")
    expect(box).to_be_focused()
    expect(box).to_have_value(TEXT)
    assert complaints(ben) == []
    box.fill(TEXT.replace("Be kind", "Be brief"))

    start_draft_thread(house.draft, block_key=None, body="Meanwhile", actor=house.ana)

    expect(ben.locator("#threads")).to_contain_text("Meanwhile")
    said.get_by_role("link", name="Suggest a wording").click()
    expect(box).to_have_value(TEXT.replace("Be kind", "Be brief"))
    ben.get_by_role("button", name="Suggest", exact=True).click()
    expect(said.locator(".sugg ins")).to_contain_text("brief")
    expect(box).to_have_count(0)
    expect(said.get_by_role("link", name="Suggest a wording")).to_be_focused()
    expect(ben.locator("#toasts")).not_to_contain_text("You hear of this conversation again")
    expect(said.locator("[autofocus]")).to_have_count(0)


def test_wording_that_says_the_same_is_refused_and_cancelled(place, house):
    ben = at(place, house.ben, f"?pane=comments&block={house.block('instructions').key}")
    opener = ben.locator("#new-thread").get_by_role("link", name="Suggest a wording")
    opener.click()
    box = ben.get_by_role("textbox", name="The block, as you would write it")
    expect(box).to_be_focused()
    ben.get_by_role("button", name="Suggest", exact=True).click()

    expect(ben.locator("#toasts")).to_contain_text("Change something first")
    expect(box).to_have_value(TEXT)
    ben.locator(".wording").get_by_role("link", name="Cancel").click()
    expect(box).to_have_count(0)
    expect(opener).to_be_focused()

"""T13: htmx does nothing that people's text asks for, and signing out leaves no text behind."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.prompts.models import DraftBlock
from tests.browser.people import BACKEND, Place, editor, text_of
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "historyCacheSize": 0,
    "historyRestoreAsHxRequest": False,
    "selfRequestsOnly": True,
    "disableInheritance": True,
}
WORDS = "Nobody else may read this sentence."
STORAGE = "JSON.stringify([{...localStorage}, {...sessionStorage}])"


house = standing_alone(make_house)


def at_the_draft(place: Place, house: House) -> Page:
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    return page


def sign_out(page: Page) -> None:
    page.locator("header.head details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


def test_htmx_runs_with_the_safe_settings(place, house):
    page = at_the_draft(place, house)

    config = page.evaluate("htmx.config")

    assert {name: config[name] for name in CONFIG} == CONFIG


def test_page_that_was_left_is_not_kept_in_the_browser(place, house):
    page = at_the_draft(place, house)
    page.get_by_role("link", name="Variables").click()
    expect(page.locator("#variables-pane")).to_be_visible()
    page.goto("/prompts/?q=a")

    assert page.evaluate("Object.keys(localStorage)") == []
    # The path alone, by which htmx knows where Back leads.
    assert page.evaluate("Object.keys(sessionStorage)") == ["htmx-current-path-for-history"]


def test_words_typed_just_before_signing_out_are_saved_and_not_left_behind(place, house):
    page = at_the_draft(place, house)
    editor(page, "Instructions").click()
    page.keyboard.insert_text(WORDS)
    assert WORDS in page.evaluate(STORAGE)  # until the server has it

    sign_out(page)

    assert WORDS not in page.evaluate(STORAGE)
    assert page.evaluate("Object.keys(localStorage)") == []
    assert DraftBlock.objects.get(draft=house.draft, type="instructions").body == WORDS


def test_words_that_the_server_cannot_take_are_not_left_behind(place, house):
    """The browser asks whether to leave; whoever signs out all the same leaves nothing."""
    page = at_the_draft(place, house)
    page.on("dialog", lambda dialog: dialog.accept())
    editor(page, "Instructions").click()
    page.keyboard.insert_text(WORDS + "x" * 300_000)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "failed")
    assert WORDS in page.evaluate(STORAGE)

    sign_out(page)

    assert WORDS not in page.evaluate(STORAGE)
    assert page.evaluate("Object.keys(localStorage)") == []


def test_text_of_one_person_is_neither_shown_nor_saved_for_the_next_one(place, house):
    """Same browser, the page of the first one still open: it must not speak for the second one."""
    page = at_the_draft(place, house)
    page.context.set_offline(True)
    editor(page, "Instructions").click()
    page.keyboard.insert_text(WORDS)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "waiting")
    page.context.clear_cookies()
    other = place.signed_in_at(page.context.new_page(), house.ben)
    page.context.set_offline(False)
    expect(page.locator("#refused, #signed-out").first).to_be_visible()

    other.goto(WRITE)

    expect(editor(other, "Instructions")).to_be_visible()
    assert WORDS not in text_of(other, "Instructions")
    assert DraftBlock.objects.filter(body__contains=WORDS).count() == 0
    assert WORDS in text_of(page, "Instructions")


PIECES = [
    ("prompts:blocks_pane", ""),
    ("prompts:variables_pane", ""),
    ("prompts:samples_pane", ""),
    ("prompts:preview_pane", ""),
    ("prompts:checks_pane", ""),
    ("pages:write", "pane"),
    ("pages:write", "since"),
    ("pages:registry", "results"),
    ("reviews:request_review", "panel"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "target"), PIECES)
def test_piece_of_a_page_is_kept_nowhere(name: str, target: str):
    house = make_house()
    client = Client(headers={"HX-Request": "true", "HX-Target": target})
    client.force_login(house.ana, backend=BACKEND)
    args = [] if name == "pages:registry" else [house.prompt.path]

    response = client.get(reverse(name, args=args))

    assert "<html" not in response.content.decode()
    assert {"HX-Request", "HX-Target"} <= set(response.headers["Vary"].split(", "))
    assert response.headers["Cache-Control"].split(", ")[0] == "no-store"

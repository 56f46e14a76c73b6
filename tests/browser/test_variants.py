"""Other words for one model: written under the block, saved as they are typed, shown as sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import add_variant, save_block
from apps.prompts.queries import draft_document
from tests.browser.people import Place, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
SETTINGS = "/prompts/support/reply/-/settings/"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body="Be brief.", actor=stood.ana)
    for name in ("acme/large", "acme/small"):
        add_variant(stood.draft, model=name, actor=stood.ana)
    return stood


def own(house: House) -> dict[str, dict[str, object]]:
    models = draft_document(house.draft)["models"]
    return {one["model"]: one["overrides"] for one in models}


def words_of(page: Page, house: House):
    return page.locator(f"#own-{house.block('instructions').key}")


def test_a_model_gets_other_words_that_are_saved_as_they_are_typed(place: Place, house: House):
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    words_of(page, house).locator("summary").click()
    words_of(page, house).get_by_role("button", name="Different words for acme/small").click()
    text = words_of(page, house).locator(".cm-content")
    expect(text).to_be_visible()

    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And kind.")

    key = str(house.block("instructions").key)
    until(lambda: own(house)["acme/small"] == {key: {"body": "Be brief. And kind."}})
    assert own(house)["acme/large"] == {}
    expect(words_of(page, house).locator("summary")).to_contain_text("Other words for acme/small")
    page.locator("#preview-model").select_option("acme/small")
    expect(page.locator("#preview .text").first).to_contain_text("And kind.")


def test_a_block_is_not_sent_to_a_model_and_that_is_taken_back(place: Place, house: House):
    page = place.signed_in(house.ana)
    page.goto(WRITE)
    words_of(page, house).locator("summary").click()
    words_of(page, house).get_by_role("button", name="Do not send to acme/large").click()
    expect(words_of(page, house).locator("summary")).to_contain_text("Not sent to acme/large")

    page.get_by_role("button", name="Undo").click()

    until(lambda: own(house)["acme/large"] == {})


def test_models_are_added_and_removed_on_the_settings_page(place: Place, house: House):
    page = place.signed_in(house.ana)
    page.goto(SETTINGS)
    page.get_by_text("Add a model").click()
    form = page.locator("#variants form").last
    form.get_by_label("Model").fill("acme/small")
    form.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("one of the models already")
    form = page.locator("#variants form").last
    expect(form.get_by_label("Model")).to_have_value("acme/small")
    form.get_by_label("Model").fill("acme/tiny")
    form.get_by_role("button", name="Add").click()
    expect(page.locator("#variants")).to_contain_text("acme/tiny")
    assert list(own(house)) == ["acme/large", "acme/small", "acme/tiny"]

    page.locator("#variants summary", has_text="acme/small").click()
    page.get_by_role("button", name="Remove acme/small").click()
    expect(page.locator("#variants summary", has_text="acme/small")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    until(lambda: list(own(house)) == ["acme/large", "acme/small", "acme/tiny"])

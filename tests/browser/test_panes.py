"""Variables and samples beside the text: what is half filled in stays, whoever saves what; a rename
says what it changes, and is taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import (
    change_variable,
    declare_variable,
    save_block,
    save_sample,
    share_block,
)
from apps.prompts.queries.documents import variable_part
from tests.browser.axe import barriers
from tests.browser.people import Place, block, hearing, text_of, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    for name in ("order_id", "town"):
        declare_variable(stood.draft, name=name, actor=stood.ana)
    body = "Say {{order_id}} and {{ order_id }} and {{town}}."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def at_the(place: Place, house: House, pane: str, **more) -> Page:
    return hearing(place.signed_in(house.ana, **more), f"{WRITE}?pane={pane}")


def variable(house: House, name: str):
    return house.draft.variables.get(name=name)


def opened(page: Page, house: House, name: str):
    """The form of one variable."""
    here = page.locator(f"#variable-{variable(house, name).pk}")
    here.locator("summary").click()
    return here


def change(house: House, which: str, **changes) -> None:
    """Somebody else changes a variable."""
    found = variable(house, which)
    part = {**variable_part(found), **changes}
    change_variable(found, **part, actor=house.ben)


def test_a_half_filled_form_stays_when_another_one_is_saved(place, house):
    page = at_the(place, house, "variables")
    half = opened(page, house, "town")
    half.get_by_label("Description").fill("Where the shop is")
    other = opened(page, house, "order_id")
    other.get_by_label("Description").fill("Of the shop")
    other.get_by_role("button", name="Save").click()

    until(lambda: variable(house, "order_id").description == "Of the shop")
    expect(other.get_by_text("Of the shop", exact=True)).to_have_count(1)
    expect(half.get_by_label("Description")).to_be_visible()
    expect(half.get_by_label("Description")).to_have_value("Where the shop is")
    half.get_by_role("button", name="Save").click()
    until(lambda: variable(house, "town").description == "Where the shop is")


def test_a_half_filled_form_stays_when_somebody_else_changes_a_variable(place, house):
    page = at_the(place, house, "variables")
    half = opened(page, house, "town")
    half.get_by_label("Description").fill("Where the shop is")

    change(house, "order_id", name="order_no")
    change(house, "town", required=False)

    expect(page.locator("#variables-pane summary .var").first).to_have_text("order_no")
    expect(half.get_by_label("Description")).to_have_value("Where the shop is")
    half.get_by_role("button", name="Save").click()
    until(lambda: variable(house, "town").description == "Where the shop is")
    assert not variable(house, "town").required  # what the other one did stays too


def test_a_half_filled_new_variable_and_a_refused_one_stay(place, house):
    page = at_the(place, house, "variables")
    page.locator("#variables-pane summary", has_text="New variable").click()
    page.locator("#v0-name").fill("1st")
    page.get_by_role("button", name="Declare").click()
    expect(page.locator("#variables-pane [role=alert]")).to_contain_text("cannot be the name")

    declare_variable(house.draft, name="later", actor=house.ben)

    expect(page.locator("#variables-pane")).to_contain_text("later")
    expect(page.locator("#v0-name")).to_have_value("1st")
    page.locator("#v0-name").fill("first")
    page.get_by_role("button", name="Declare").click()
    until(lambda: house.draft.variables.filter(name="first").exists())
    expect(page.locator("#v0-name")).to_have_value("")


def test_a_half_filled_sample_stays_when_another_is_saved_and_the_pane_changes(place, house):
    for name in ("Calm", "Angry"):
        save_sample(house.prompt, name=name, values={"town": "Bern"}, actor=house.ana)
    page = at_the(place, house, "samples")
    rows = page.locator("#samples-pane .varrow")
    rows.nth(0).locator("summary").click()
    rows.nth(0).get_by_label("town").fill("Half a to")
    rows.nth(1).locator("summary").click()
    rows.nth(1).get_by_label("town").fill("Basel")
    rows.nth(1).get_by_role("button", name="Save").click()
    values = house.prompt.samples.values_list("values__town", flat=True)
    until(lambda: "Basel" in list(values.all()))
    expect(rows.nth(0).get_by_label("town")).to_have_value("Half a to")

    page.get_by_role("link", name="Checks").click()
    expect(page.locator("#checks")).to_be_visible()
    expect(page.locator("#samples-pane")).to_have_count(0)
    page.get_by_role("link", name="Samples").click()

    expect(rows.nth(0).get_by_label("town")).to_be_visible()
    expect(rows.nth(0).get_by_label("town")).to_have_value("Half a to")


def test_a_form_in_which_nothing_was_typed_follows_what_others_do(place, house):
    page = at_the(place, house, "variables")
    here = opened(page, house, "town")

    change(house, "town", description="Of the shop")

    expect(here.get_by_label("Description")).to_have_value("Of the shop")
    expect(here.get_by_label("Description")).to_be_visible()


def test_a_rename_says_what_it_changes_before_and_after_and_is_taken_back(place, house):
    page = at_the(place, house, "variables")
    here = opened(page, house, "order_id")
    expect(here.locator(".help").first).to_contain_text("Used in 2 places: Instructions (2).")
    here.get_by_label("Name").fill("order_no")
    here.get_by_role("button", name="Save").click()
    toast = page.locator("#toasts toast-note")
    expect(toast).to_contain_text("“order_id” is “order_no” now, in 2 places")
    new = "Say {{order_no}} and {{ order_no }} and {{town}}."
    until(lambda: text_of(page, "Instructions") == new)

    toast.get_by_role("button", name="Undo").click()

    until(lambda: house.block("instructions").body == new.replace("order_no", "order_id"))
    assert {one.name for one in house.draft.variables.all()} == {"order_id", "town"}


def test_a_name_that_a_snippet_uses_is_refused_with_the_name_of_the_snippet(place, house):
    share_block(
        house.block("instructions"), namespace=house.space, name="House rules", actor=house.ana
    )
    page = at_the(place, house, "variables")
    here = opened(page, house, "order_id")
    here.get_by_label("Name").fill("order_no")
    here.get_by_role("button", name="Save").click()

    expect(here.locator("[role=alert]")).to_contain_text("used in the snippet “House rules”")
    expect(here.get_by_label("Name")).to_have_value("order_no")
    assert variable(house, "order_id")


def test_hidden_characters_are_drawn_in_the_preview_and_for_those_who_only_read(place, house):
    here = house.block("instructions")
    odd = "Pay\u200b {{town}} \u202etxt"
    save_block(here, revision=2, title="Ru\u00adles", body=odd, actor=house.ana)
    save_sample(house.prompt, name="Odd", values={"town": "Be\u2060rn"}, actor=house.ana)
    page = at_the(place, house, "preview")
    shown = page.locator("#preview .odd")
    expect(shown).to_have_count(3)
    names = shown.evaluate_all("all => all.map((one) => one.dataset.marker)")
    assert names == ["Zero width space", "Word joiner", "Right-to-left override"]

    reader = place.signed_in(house.viewer)
    reader.goto(WRITE)
    first = block(reader, "Instructions").locator(".odd")
    assert first.evaluate_all("all => all.map((one) => one.dataset.marker)") == [
        "Soft hyphen",
        "Zero width space",
        "Right-to-left override",
    ]


def test_an_open_form_is_accessible_and_fits(place, house):
    save_sample(house.prompt, name="Calm", values={"town": "Bern"}, actor=house.ana)
    page = at_the(place, house, "variables")
    opened(page, house, "town")

    assert barriers(page) == []


def test_the_tab_that_is_shown_stands_in_view_on_a_phone(place, house):
    page = place.signed_in(house.ana, width=390)
    page.goto("/prompts/support/reply/-/settings/")

    shown = page.locator(".tabs [aria-current]").bounding_box()
    assert shown is not None
    assert 0 <= shown["x"] <= 390 - shown["width"]

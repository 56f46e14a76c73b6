"""The rows of an examples block: typed on by keys, moved, doubled, deleted and taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import add_block, declare_variable, save_block
from apps.prompts.models import DraftBlock
from tests.browser.axe import barriers
from tests.browser.people import Place, block, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
ROWS = [{"input": word, "output": word.upper()} for word in ("one", "two", "three")]


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    made = add_block(stood.draft, type="examples", actor=stood.ana)
    save_block(made, revision=1, body="", rows=ROWS, actor=stood.ana)
    return stood


def at_the_draft(place: Place, house: House, **more) -> Page:
    page = place.signed_in(house.ana, **more)
    page.goto(WRITE)
    return page


def kept(house: House) -> list[str]:
    return [row["input"] for row in DraftBlock.objects.get(pk=house.block("examples").pk).rows]


def field(page: Page, label: str):
    return block(page, "Examples").get_by_label(label, exact=True)


def menu(page: Page, number: int, label: str) -> None:
    field(page, f"Input of example {number}").click()
    block(page, "Examples").get_by_label(f"More for example {number}", exact=True).click()
    block(page, "Examples").get_by_role("button", name=label, exact=False).locator(
        "visible=true"
    ).first.click()


def test_enter_behind_an_answer_and_tab_go_on_in_a_new_row(place, house):
    page = at_the_draft(place, house)
    field(page, "Output of example 3").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("line")
    page.keyboard.press("Enter")
    expect(field(page, "Input of example 4")).to_be_focused()
    page.keyboard.type("four")
    page.keyboard.press("Tab")
    expect(field(page, "Output of example 4")).to_be_focused()
    page.keyboard.type("FOUR")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(field(page, "Input of example 5")).to_be_focused()
    page.keyboard.type("five")

    until(lambda: kept(house) == ["one", "two", "three", "four", "five"])
    assert house.block("examples").rows[2]["output"] == "THREE\nline"


def test_enter_inside_an_answer_breaks_its_line(place, house):
    page = at_the_draft(place, house)
    field(page, "Output of example 1").click()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Enter")

    until(lambda: house.block("examples").rows[0]["output"] == "\nONE")


def test_rows_are_moved_by_keys_with_the_caret_and_said(place, house):
    page = at_the_draft(place, house)
    field(page, "Input of example 3").click()
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(field(page, "Input of example 2")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Example 2/3")
    page.keyboard.press("Alt+Shift+ArrowUp")
    page.keyboard.press("Alt+Shift+ArrowUp")

    until(lambda: kept(house) == ["three", "one", "two"])
    expect(field(page, "Input of example 1")).to_be_focused()
    assert [one.type for one in house.blocks] == ["instructions", "input", "examples"]


def test_a_row_is_dragged_by_its_grip(place, house):
    page = at_the_draft(place, house)
    rows = block(page, "Examples").locator("li.exrow")
    rows.nth(2).hover()
    grip, top = rows.nth(2).locator(".rowgrip").bounding_box(), rows.nth(0).bounding_box()
    page.mouse.move(grip["x"] + 8, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, top["y"] + top["height"] / 2, steps=8)
    page.mouse.move(grip["x"] + 8, top["y"] + 3, steps=8)
    page.mouse.up()

    until(lambda: kept(house) == ["three", "one", "two"])
    assert [one.type for one in house.blocks] == ["instructions", "input", "examples"]


def test_a_row_is_doubled_deleted_and_taken_back(place, house):
    page = at_the_draft(place, house)
    menu(page, 1, "Duplicate")
    until(lambda: kept(house) == ["one", "one", "two", "three"])
    menu(page, 3, "Delete")
    until(lambda: kept(house) == ["one", "one", "three"])
    expect(page.locator("#toasts")).to_contain_text("Example 3 deleted")
    page.locator("#toasts").get_by_role("button", name="Undo").click()

    until(lambda: kept(house) == ["one", "one", "two", "three"])
    expect(field(page, "Input of example 3")).to_have_value("two")


def test_rows_of_somebody_else_come_in_and_the_caret_stays_in_its_row(place, house):
    page = at_the_draft(place, house)
    field(page, "Input of example 2").click()
    changed = [{"input": "zero", "output": "0"}, *ROWS]
    made = house.block("examples")
    save_block(made, revision=made.revision, body="", rows=changed, actor=house.ben)

    expect(field(page, "Input of example 3")).to_have_value("two")
    expect(field(page, "Input of example 3")).to_be_focused()
    expect(field(page, "Input of example 5")).to_have_value("")


def test_names_in_rows_are_listed_and_put_right(place, house):
    declare_variable(house.draft, name="order_id", actor=house.ana)
    page = at_the_draft(place, house)
    field(page, "Input of example 1").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" {{order_di}}")
    block(page, "Examples").get_by_role("button", name="Did you mean {{order_id}}?").click()

    until(lambda: kept(house)[0] == "one {{order_id}}")


def test_without_javascript_a_row_moves_and_what_was_typed_is_saved_with_it(place, house):
    page = at_the_draft(place, house, javascript=False)
    field(page, "Input of example 4").fill("four")
    block(page, "Examples").get_by_label("More for example 3", exact=True).click()
    block(page, "Examples").locator("button[value='up 2']").click()

    assert kept(house) == ["one", "three", "two", "four"]


def test_rows_are_accessible_and_fit(place, house):
    page = at_the_draft(place, house)
    field(page, "Input of example 1").click()

    assert barriers(page) == []

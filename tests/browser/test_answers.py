"""Answers as they come: of a run that goes on, and of the playground, column by column."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.evaluations.actions import import_cases
from apps.evaluations.entrance import NewCase
from tests.browser.people import Place
from tests.evaluations.running import Lab, answer_some, make_lab
from tests.standing import standing_alone

lab = standing_alone(make_lab)


def test_rows_of_a_run_that_goes_on_fill_in_while_one_looks(place: Place, lab: Lab) -> None:
    run = lab.start(models=["galley/demo"])
    page = place.signed_in(lab.ana)
    with page.expect_response("**/live?*"):
        page.goto(f"/tests/runs/{run.pk}/")
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("Waits")

    answer_some(run, "It is on its way.")

    expect(first).to_contain_text("It is on its way.")
    expect(page.get_by_text("1 of 3")).to_be_visible()
    expect(page.locator("tbody tr").nth(1)).to_contain_text("Waits")


def test_tag_that_one_chooses_while_rows_fill_in_stays_chosen(place: Place, lab: Lab) -> None:
    tagged = NewCase(values={"message": "Where is it?"}, expected="way", tags=["late"])
    import_cases(lab.suite, cases=[tagged], actor=lab.ana)
    run = lab.start(models=["galley/demo"])
    page = place.signed_in(lab.ana)
    with page.expect_response("**/live?*"):
        page.goto(f"/tests/runs/{run.pk}/")
    page.get_by_label("Tag").select_option("late")

    answer_some(run, "It is on its way.")

    expect(page.get_by_text("1 of 4")).to_be_visible()
    expect(page.get_by_label("Tag")).to_have_value("late")


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_answers_of_all_columns_stand_side_by_side(place: Place, lab: Lab, columns: int) -> None:
    for number in range(2, columns):  # each column has a text of its own
        lab.version(f"Answer {number}:")
    page = place.signed_in(lab.ana, width=1440)
    page.goto(f"/playground/?prompt={lab.prompt.path}")
    for number in range(2, columns + 1):
        page.get_by_role("button", name="Add a column").click()
        expect(page.get_by_role("group", name=f"Column {number}")).to_be_visible()
    page.get_by_label("message").fill("Where is my money?")
    page.get_by_role("button", name="Run").click()
    cards = page.locator(".answer")
    expect(cards.get_by_role("button", name="Use as example")).to_have_count(columns)

    boxes = [card.bounding_box() for card in cards.all()]
    assert len({box["y"] for box in boxes if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    page.set_viewport_size({"width": 390, "height": 844})
    assert len({box["x"] for box in (card.bounding_box() for card in cards.all()) if box}) == 1

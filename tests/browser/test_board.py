"""The board: a card that is dragged opens the panel of its button, and nothing more."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import Place
from tests.releases.world import World, make_world
from tests.standing import standing_alone

stood = standing_alone(make_world)


@pytest.fixture
def world(stood: World) -> World:
    """v1 is live in production, v2 is approved for it."""
    prompt = stood.prompt()
    stood.put_live(prompt, stood.version(prompt, "Words 1"), "production")
    stood.approved(prompt, stood.version(prompt, "Words 2"), "production")
    return stood


def test_dragged_card_opens_its_panel_and_releases_nothing(place: Place, world: World) -> None:
    page = place.signed_in(world["releaser"])
    page.goto("/releases/")
    card = page.get_by_role("article").filter(has_text="Approved for Production")
    staging, production = (
        page.locator("[data-column=staging]"),
        page.locator("[data-column=production]"),
    )

    card.drag_to(staging)  # it does not go there
    expect(page.get_by_role("dialog")).to_have_count(0)
    card.drag_to(production)

    panel = page.get_by_role("dialog", name="Release Reply v2 to Production")
    expect(panel).to_contain_text("Instructions edited")
    assert world.live(world.desk.prompts.get(), "production") == 1


def test_title_opens_a_drawer_that_escape_closes(place: Place, world: World) -> None:
    page = place.signed_in(world["releaser"])
    page.goto("/releases/")
    title = page.locator("[data-column=staging]").get_by_role("link", name="Reply", exact=True)

    title.click()

    drawer = page.get_by_role("dialog", name="Reply in Staging")
    for words in ("Nothing was there before it", "Reviewer approved it for Production"):
        expect(drawer).to_contain_text(words)
    expect(drawer.get_by_role("heading", name="Reply in Staging")).to_be_focused()
    expect(page.locator(".card.on")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(title).to_be_focused()
    title.press("Enter")
    expect(drawer).to_have_count(1)
    drawer.get_by_role("link", name="Close").click()
    expect(drawer).to_have_count(0)
    expect(title).to_be_focused()
    expect(page).to_have_url(f"{place.live.url}/releases/")

"""Row 5 of product.md's table: a tenth of the traffic for a new version, in four acts."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from apps.environments.actions import create_key
from apps.releases.assignment import arm_for
from apps.releases.queries import live_release
from tests.browser.people import Place
from tests.releases.world import World, make_world
from tests.standing import standing_alone

UNITS = [f"customer-{n}" for n in range(30)]


stood = standing_alone(make_world)


@pytest.fixture
def world(stood: World) -> World:
    """v1 is live in production, v2 is approved for it."""
    prompt = stood.prompt()
    stood.put_live(prompt, stood.version(prompt, "Words 1"), "production")
    stood.approved(prompt, stood.version(prompt, "Words 2"), "production")
    return stood


def test_a_tenth_of_the_traffic_goes_to_a_new_version_in_four_acts(
    place: Place, world: World
) -> None:
    page = place.signed_in(world["releaser"])
    page.goto("/")
    _key, secret = create_key(
        world.places["production"], name="App", kind="read", namespaces=[world.desk],
        owner=world.admin, actor=world.admin,
    )  # fmt: skip

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Releases").click()  # 1
    page.get_by_role("link", name="Release Reply v2").click()  # 2
    panel = page.get_by_role("dialog")
    panel.get_by_text("By steps").click()  # 3
    expect(panel).to_contain_text("About 1 in 10 gets v2. The same customer keeps")
    panel.get_by_role("button", name=re.compile(r"Start at 10\s%")).click()  # 4

    expect(page.get_by_text("v2 gets 10 % of the traffic in Production.")).to_be_visible()
    live = live_release(world.desk.prompts.get(), world.places["production"])
    assert {unit: fetched(place, secret, unit) for unit in UNITS} == {
        unit: arm_for(live.split, unit)["version"] for unit in UNITS
    }
    give_half(page)


def give_half(page: Page) -> None:
    """Slider, presets and number say the same; the board's card says what runs."""
    page.goto("/releases/")
    card = page.get_by_role("article").filter(has_text="10 % get v2")
    expect(card).to_contain_text("then 25, 50, 100 %")
    card.get_by_role("link", name="Continue").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_label("% of traffic")).to_have_value("25")
    panel.get_by_role("button", name="50", exact=True).click()
    expect(panel.get_by_role("slider")).to_have_value("50")
    expect(panel).to_contain_text("About 1 in 2 gets v2.")
    panel.get_by_role("button", name=re.compile(r"Give v2 50\s%")).click()
    expect(page.get_by_text("v2 gets 50 % of the traffic in Production.")).to_be_visible()


def fetched(place: Place, secret: str, unit: str) -> int:
    """The version that an application gets for a unit."""
    answer = httpx.get(
        f"{place.live.url}/api/v1/prompts/desk/reply", params={"unit": unit},
        headers={"Authorization": f"Bearer {secret}"},
    )  # fmt: skip
    return int(answer.json()["version"])

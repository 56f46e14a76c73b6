"""A finding is put aside in the pane, with the keyboard and by htmx, and read with its reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import save_block
from apps.prompts.models import Dismissal
from tests.browser.axe import complaints, too_wide
from tests.browser.people import Place
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

CHECKS = "/prompts/support/reply/-/write/?pane=checks"
SHOTS = os.environ.get("GALLEY_SHOTS", "")


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    body = "Sign with AKIAIOSFODNN7EXAMPLE. Ask {{city}}."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def picture(page: Page, name: str) -> None:
    """For whoever wants to look: GALLEY_SHOTS=/tmp/shots."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_finding_is_dismissed_with_its_reason_and_shown_again(
    place: Place, house: House, width: int, theme: str
):
    page = place.signed_in(house.ana)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(CHECKS)
    secret = page.locator("#checks .finding", has_text="AWS access key")
    secret.locator("summary").focus()
    page.keyboard.press("Enter")
    picture(page, f"dismiss-{width}")

    secret.get_by_label("Why this is no problem").fill("From <b>the manual</b>")
    page.keyboard.press("Enter")

    gone = page.locator("#checks .finding.dismissed")
    expect(gone).to_contain_text("From <b>the manual</b>")
    expect(gone).to_contain_text("Ana dismissed this")
    expect(page.locator("#checks .finding:not(.dismissed)")).to_have_count(1)
    assert complaints(page) == []
    assert too_wide(page, width) == []
    picture(page, f"dismissed-{width}")

    gone.get_by_role("button", name="Show again").click()

    expect(page.locator("#checks .finding.dismissed")).to_have_count(0)
    expect(page.locator("#checks .finding")).to_have_count(2)
    assert Dismissal.objects.get().shown_again_by == house.ana

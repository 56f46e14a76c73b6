"""Who else writes is seen on the block that they write in, and nowhere in the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from apps.prompts.actions import save_block
from apps.prompts.models import DraftBlock, Presence
from tests.browser.axe import barriers
from tests.browser.people import Place, block, editor, hearing
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    save_block(stood.block("instructions"), revision=1, body="Be kind.", actor=stood.ana)
    return stood


def at_the_draft(place: Place, person, **more) -> Page:
    return hearing(place.signed_in(person, **more), WRITE)


def moment(house: House, hours: int) -> None:
    """Move Ben's last keystroke."""
    ben = Presence.objects.filter(person=house.ben, typed_at__isnull=False)
    assert ben.update(typed_at=F("typed_at") + timedelta(hours=hours))


def test_the_block_that_another_person_writes_in_says_so_and_is_taken_over(place, house):
    ana, ben = at_the_draft(place, house.ana), at_the_draft(place, house.ben)
    expect(ana.locator("#presence .avatar")).to_have_attribute("aria-label", "Ben is here")
    editor(ben, "Instructions").click()
    ben.keyboard.press("Control+Home")
    ben.keyboard.type("Now ")

    here = block(ana, "Instructions")
    expect(here.locator("[data-here]")).to_have_text("Ben is editing")
    moment(house, hours=1)  # a busy machine may be slower than a pause
    expect(block(ana, "Input").locator("[data-here] .one")).to_have_count(0)
    assert "other" in (here.get_attribute("class") or "")
    editor(ana, "Instructions").click()
    ana.keyboard.press("Control+End")
    ana.keyboard.type(" Still my words.")
    expect(here.locator("[data-here]")).to_have_text("Ben is editing")
    expect(ana.locator("[data-save-state][data-state=saved]")).to_be_visible(timeout=20_000)
    assert "Still my words." in DraftBlock.objects.get(pk=house.block("instructions").pk).body

    moment(house, hours=-2)
    editor(ana, "Input").click()
    take = here.get_by_role("button", name="Take over")
    expect(take).to_be_visible(timeout=20_000)
    take.click()

    expect(here.locator("[data-here] .one")).to_have_count(0)
    expect(block(ben, "Instructions").locator("[data-here]")).to_have_text("Ana is editing")


def test_whoever_goes_to_another_page_is_gone_at_once(place, house):
    ana, ben = at_the_draft(place, house.ana), at_the_draft(place, house.ben)
    expect(ana.locator("#presence .avatar")).to_have_count(1)

    ben.goto("/")

    expect(ana.locator("#presence .avatar")).to_have_count(0)


def test_presence_is_readable_in_both_themes_and_on_a_phone(place, house):
    ana = at_the_draft(place, house.ana)
    ben = at_the_draft(place, house.ben)
    editor(ben, "Instructions").click()
    ben.keyboard.type("Now ")
    expect(block(ana, "Instructions").locator("[data-here]")).to_have_text("Ben is editing")

    assert barriers(ana) == []
    expect(block(ana, "Instructions").locator("[data-here]")).to_be_visible()

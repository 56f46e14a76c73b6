"""A draft beside the shared one, from its opening until it is taken in, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.evaluations.models import TrialAnswer
from apps.prompts.actions import open_alternative, save_block
from apps.prompts.models import Draft
from tests.browser.axe import barriers
from tests.browser.people import block, editor, until
from tests.prompts.conftest import House, make_house
from tests.standing import standing_alone

WRITE = "/prompts/support/reply/-/write/"
SAVED = "[data-save-state][data-state=saved]"


stood = standing_alone(make_house)


@pytest.fixture
def house(stood: House) -> House:
    body = "Read the whole message.\n\nThen answer."
    save_block(stood.block("instructions"), revision=1, body=body, actor=stood.ana)
    return stood


def test_a_draft_is_opened_written_in_and_taken_in(place, house):
    page = place.signed_in(house.ana)
    page.goto("/prompts/support/reply/-/drafts/")
    page.get_by_label("Name").fill("Shorter tone")
    page.get_by_role("button", name="Open the draft").click()

    editor(page, "Instructions").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Be brief.")
    draft = Draft.objects.get(name="Shorter tone")
    until(lambda: draft.blocks.get(type="instructions").body.endswith("Be brief."))
    assert not house.block("instructions").body.endswith("Be brief.")
    expect(page.locator(SAVED)).to_be_visible()
    page.get_by_role("link", name="Take into the shared draft").click()
    page.get_by_role("button", name="Take it into the shared draft").click()

    page.wait_for_url(f"**{WRITE}")
    here = block(page, "Instructions").locator("textarea[name=body]")
    expect(here).to_have_value("Read the whole message.\n\nThen answer. Be brief.")


def test_a_draft_is_tried_in_the_playground_and_takes_what_was_tried(place, house):
    draft = open_alternative(house.prompt, name="Shorter tone", actor=house.ana)
    theirs = draft.blocks.get(type="instructions")
    theirs.draft = draft
    save_block(theirs, revision=1, body="Answer in one line.", actor=house.ana)
    page = place.signed_in(house.ana)
    page.goto(f"{WRITE}?draft={draft.pk}")

    page.get_by_role("link", name="Preview & try", exact=True).click()
    page.get_by_role("link", name="More in the playground").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value(f"draft:{draft.pk}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Save to “Shorter tone”").click()
    expect(page.get_by_text("stands in “Shorter tone” now")).to_be_visible()

    answer = TrialAnswer.objects.get()
    models = [[one["model"] for one in each.settings["models"]] for each in both(house, draft)]
    assert (answer.label, answer.draft, answer.state) == ("Shorter tone", draft, "done")
    assert models == [["galley/demo"], []]


def both(house, draft):
    return Draft.objects.get(pk=draft.pk), Draft.objects.get(prompt=house.prompt, name="")


def test_the_pages_of_drafts_are_readable_everywhere(place, house):
    draft = open_alternative(house.prompt, name="Shorter tone", actor=house.ben)
    theirs = draft.blocks.get(type="instructions")
    theirs.draft = draft
    save_block(theirs, revision=1, body="Read all of it.\n\nThen answer.", actor=house.ben)
    ours = house.block("instructions")
    save_block(ours, revision=2, body="Read every word.\n\nThen answer.", actor=house.ana)
    page = place.signed_in(house.ana)

    for path in (
        "/prompts/support/reply/-/drafts/",
        f"/prompts/support/reply/-/drafts/{draft.pk}/merge/",
        f"{WRITE}?draft={draft.pk}",
    ):
        page.goto(path)
        assert barriers(page) == [], path

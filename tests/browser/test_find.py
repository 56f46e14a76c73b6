"""The palette, and who wrote a sentence in two acts from home: by hand, by key, no barriers."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from apps.prompts.actions import note_visit
from apps.teams.actions import create_namespace
from apps.teams.queries import root_namespace
from tests.browser.axe import barriers
from tests.browser.pages import Gallery, make_gallery_world

STANDS = make_gallery_world


@pytest.fixture
def page(gallery: Gallery) -> Page:
    """Home of the author, who opened the prompt before."""
    world = gallery.world
    with transaction.atomic():
        note_visit(world.ours.prompt, actor=world.ours.people["author"])
    page = gallery.page_of("author")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{gallery.place.live.url}/")
    return page


def opened(page: Page) -> Page:
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    expect(page.get_by_role("option").first).to_be_visible()
    return page


def test_the_palette_finds_chooses_and_goes_by_keys_alone(page: Page):
    opened(page)
    page.keyboard.type("alphacanary")
    expect(page.locator("#palette-texts")).to_be_visible()
    field = page.get_by_role("combobox", name="Search prompts")
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") != first
    page.keyboard.press("ArrowUp")
    assert field.get_attribute("aria-activedescendant") == first
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/-/write/"))


def test_escape_closes_the_palette_and_the_focus_is_where_it_was(page: Page):
    link = page.get_by_role("link", name="Prompts", exact=True).first
    link.focus()
    opened(page)
    page.keyboard.press("Escape")

    expect(page.locator("#palette")).to_be_hidden()
    expect(link).to_be_focused()


def test_the_search_field_of_the_head_opens_the_same_list(page: Page):
    page.locator("[data-search]").click()

    expect(page.locator("#palette")).to_be_visible()
    expect(page.get_by_role("option", name=re.compile("New prompt"))).to_be_visible()


def test_an_act_of_the_page_is_pressed_from_the_palette(page: Page):
    opened(page)
    page.keyboard.type("keys")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator("dialog#keys")).to_be_visible()


def test_palette_has_no_barrier(page: Page):
    opened(page)
    page.keyboard.type("alphacanary")
    expect(page.locator("#palette-texts")).to_be_visible()

    assert barriers(page) == []


def test_who_changed_this_sentence_and_why_in_two_acts(page: Page, gallery: Gallery):
    """product.md, row 9: open the prompt, ask who wrote the block. Nothing more."""
    acts = 0
    prompt = gallery.world.ours.prompt
    page.locator(".aside a", has_text=prompt.name).first.click()
    acts += 1
    page.get_by_role("link", name=re.compile("Who wrote this")).first.click()
    acts += 1
    panel = page.get_by_role("dialog", name="Who wrote this")
    expect(panel).to_be_visible()

    assert acts == 2
    expect(panel).to_contain_text("second of alpha")  # who wrote it
    expect(panel).to_contain_text("“alphacanary")  # and why: the reason of its version
    assert barriers(page) == []


def test_a_long_list_of_choices_is_narrowed_and_enter_sends_nothing(gallery: Gallery):
    world = gallery.world
    with transaction.atomic():
        for number in range(14):
            create_namespace(
                root_namespace(), segment=f"area-{number}", actor=world.person("admin")
            )
    page = gallery.page_of("admin")
    page.goto(f"{gallery.place.live.url}/admin/keys/new/")
    namespaces = page.get_by_role("group", name="Namespaces that it opens")
    boxes = namespaces.get_by_role("checkbox")
    expect(boxes.nth(14)).to_be_visible()

    namespaces.get_by_role("searchbox").fill("area-13")
    expect(boxes).to_have_count(1)
    boxes.check()
    namespaces.get_by_role("searchbox").press("Enter")
    namespaces.get_by_role("searchbox").fill("nowhere")

    expect(namespaces.get_by_text("Nothing like this is here.")).to_be_visible()
    expect(page.get_by_text("This field is required.")).to_have_count(0)
    namespaces.get_by_role("searchbox").fill("")
    assert [box.is_checked() for box in boxes.all()].count(True) == 1
    assert barriers(page) == []

"""axe finds nothing on any page, in both themes, on a desk and on a phone; nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.axe import complaints, too_wide
from tests.browser.pages import Gallery, Sight, make_gallery
from tests.browser.sights import all_sights

COLOURS = ("color-contrast", "link-in-text-block")


@pytest.fixture(scope="module")
def gallery(module_place) -> Gallery:
    return make_gallery(module_place)


@pytest.mark.parametrize("sight", all_sights(), ids=lambda sight: sight.name)
def test_page_has_no_barrier(gallery: Gallery, sight: Sight):
    page = sight.show(gallery)

    found = barriers(page)

    assert found == [], "\n".join(found)


def barriers(page: Page) -> list[str]:
    """What axe and a narrow screen find wrong with the page as it stands."""
    found = []
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        found += [f"{width} light: {line}" for line in complaints(page)]
        # The other theme is the same page in other colours.
        page.emulate_media(color_scheme="dark")
        found += [f"{width} dark: {line}" for line in complaints(page, rules=COLOURS)]
    return [*found, *too_wide(page, 390), *too_wide(page, 320)]

"""axe finds nothing on a page of any template, on a desk or a phone, light or dark; nothing sticks
out. Every page in every look is the figure `barriers` of `make bench`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from django.template import loader
from django.urls import reverse
from playwright.sync_api import Page, expect

from apps.accounts.links import sign_in_path, token_for
from apps.teams.views.entrances import FIRST_ADMIN
from tests.browser.axe import LOOKS, all_barriers, barriers
from tests.browser.pages import Gallery, Sight, make_gallery_world
from tests.browser.people import Place, editor
from tests.browser.sights import all_sights, of_the_table
from tests.browser.templates import pages_in_folder

STANDS = make_gallery_world


class Made:
    """What each page is made of, and what was looked at before."""

    def __init__(self, gallery: Gallery) -> None:
        self.gallery, self.seen, self.looks = gallery, set(), 0  # type: ignore[var-annotated]

    def of(self, sight: Sight) -> set[str]:
        if sight.name not in self.gallery.drawn_from:
            sight.show(self.gallery)
        return self.gallery.drawn_from[sight.name]

    def look(self, sight: Sight) -> tuple[int, str] | None:
        """How to look at it, each time otherwise; None where nothing of it is new."""
        if not self.of(sight) - self.seen:
            return None
        self.seen |= self.of(sight)
        self.looks += 1
        return LOOKS[self.looks % len(LOOKS)]


@pytest.fixture(scope="module")
def made(gallery: Gallery) -> Made:
    return Made(gallery)


@pytest.mark.parametrize("sight", all_sights(), ids=lambda sight: sight.name)
def test_page_has_no_barrier(gallery: Gallery, made: Made, sight: Sight):
    page = sight.show(gallery)

    look = made.look(sight)
    found = barriers(page, look) if look else []

    assert found == [], "\n".join(found)


# --- what opens on a page --------------------------------------------------------------------


def panel(page: Page) -> None:
    """The panel that comes beside the page (asking for a review, releasing, rolling back)."""
    page.locator("a[hx-target='#panel']").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def decision(page: Page) -> None:
    page.get_by_role("button", name="Finish review").first.click()
    expect(page.get_by_role("dialog", name="Finish your review")).to_be_visible()


def keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def account(page: Page) -> None:
    page.locator("header details.menu summary").last.click()
    expect(page.locator("header .menulist").last).to_be_visible()


def block_menu(page: Page) -> None:
    page.locator("li.block details.menu summary").first.click()
    page.get_by_text("Change type").first.click()
    expect(page.locator("li.block .submenu[open] button").first).to_be_visible()


def picker(page: Page) -> None:
    page.locator("[data-picker] summary").click()
    expect(page.locator("[data-picker] .menulist")).to_be_visible()


def plus_picker(page: Page) -> None:
    """Opened between two blocks."""
    page.locator("[data-add-below]").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-where]")).to_be_visible()


def picker_without_a_find(page: Page) -> None:
    plus_picker(page)
    page.keyboard.type("zzz")
    expect(page.locator("#add-choices-none")).to_be_visible()


def snippet_list(page: Page) -> None:
    plus_picker(page)
    page.locator("[data-snippets]").click()
    expect(page.locator("#insert-snippet .menuitem").first).to_be_visible()


def deleted_blocks(page: Page) -> None:
    page.locator("#deleted-blocks summary").click()
    expect(page.locator("#deleted-blocks .menuitem").first).to_be_visible()


def position_form(page: Page) -> None:
    """In the menu of a block, with the note of an act beside it."""
    block = page.locator("li.block").first
    block.evaluate("one => { one.tabIndex = -1; one.focus(); }")
    page.keyboard.press("o")
    expect(page.locator("toast-note:has([name=way])")).to_be_visible()
    block.focus()
    page.keyboard.press("p")
    expect(page.locator("li.block .submenu[open] [name=to]")).to_be_focused()


def variable_list(page: Page) -> None:
    """What `{{` offers in a block."""
    editor(page, "Guardrails").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" {{")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")


def comment_form(page: Page) -> None:
    page.locator("[data-key-comment]").first.click()
    expect(page.locator("details.reply[open] textarea").first).to_be_visible()


def wording_form(page: Page) -> None:
    page.locator("[data-wording-of]").last.click()
    expect(page.locator("[data-wording] textarea").first).to_be_visible()


def everything_said(page: Page) -> None:
    """Each fold of the conversations."""
    page.evaluate("document.querySelectorAll('#threads details').forEach((d) => d.open = true)")
    expect(page.locator("#threads textarea:focus")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")  # nothing half under the head of the page


def row_menu(page: Page) -> None:
    page.locator("[data-key-snooze]").first.click()
    expect(page.locator("details.menu[open] .menuitem").first).to_be_visible()


def prompt_menu(page: Page) -> None:
    page.locator("main details.menu summary").first.click()
    expect(page.locator("main details.menu[open] .menuitem").first).to_be_visible()


def palette(page: Page) -> None:
    """With something found in each kind."""
    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    expect(page.locator("#palette-list [role=option]").first).to_be_visible()


def who_wrote(page: Page) -> None:
    page.locator("li.block a[hx-target='#panel']").first.click()
    expect(page.get_by_role("dialog", name="Who wrote this")).to_be_visible()


def toast(page: Page) -> None:
    page.evaluate("galley.toast('Block deleted'); galley.toast('It failed.', 'error')")
    page.evaluate("galley.signedOut()")
    expect(page.locator("toast-note").first).to_be_visible()


OPENED = [
    ("author", "pages:write", panel),
    ("author", "pages:write", block_menu),
    ("author", "pages:write", picker),
    ("author", "pages:write", plus_picker),
    ("author", "pages:write", picker_without_a_find),
    ("author", "pages:write", snippet_list),
    ("author", "pages:write", deleted_blocks),
    ("author", "pages:write", position_form),
    ("author", "pages:write", variable_list),
    ("author", "pages:write", keys),
    ("author", "pages:write", toast),
    ("author", "pages:write", prompt_menu),
    ("author", "pages:write", palette),
    ("author", "pages:write", who_wrote),
    ("author", "pages:home", account),
    ("reviewer", "pages:home", row_menu),
    ("reviewer", "write, comments", everything_said),
    ("reviewer", "write, comment on a block", wording_form),
    ("reviewer", "pages:review", everything_said),
    ("reviewer", "pages:review", wording_form),
    ("reviewer", "pages:review", prompt_menu),
    ("reviewer", "pages:review", decision),
    ("reviewer", "pages:review", comment_form),
    ("releaser", "pages:board", panel),
]


@pytest.mark.parametrize(
    ("who", "name", "opens"), OPENED, ids=lambda one: getattr(one, "__name__", one)
)
def test_what_opens_has_no_barrier(gallery: Gallery, who: str, name: str, opens):
    sight = next(one for one in all_sights() if one.name == name)
    page = replace(sight, who=who).show(gallery)
    page.set_viewport_size({"width": 1440, "height": 900})

    opens(page)
    found = barriers(page)

    assert found == [], "\n".join(found)


def test_first_page_of_an_empty_installation_has_no_barrier(place: Place):
    page = place.new_page()
    page.goto(reverse("teams:first_admin", args=[token_for(FIRST_ADMIN)]))
    expect(page.get_by_label("Name")).to_be_visible()

    found = barriers(page)

    assert found == [], "\n".join(found)


def test_page_of_a_link_has_no_barrier(gallery: Gallery):
    """It sends itself at once; without our script it waits for its button."""
    page = gallery.page_of("anonymous, demo")
    page.route("**/galley.js*", lambda route: route.abort())
    page.goto(sign_in_path(gallery.world.ours.people["demo"]))
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()

    found = barriers(page)

    assert found == [], "\n".join(found)


# --- the checks themselves -------------------------------------------------------------------


def test_checks_find_what_is_wrong(gallery: Gallery):
    """The same checks, on a page that was made worse."""
    page = next(one for one in of_the_table() if one.name == "pages:help").show(gallery)
    assert all_barriers(page) == []

    page.evaluate(
        """() => {
            const worse = document.createElement("div");
            worse.innerHTML = "<input><h6>Deep</h6><p>Faint</p><p>Wide</p>";
            document.querySelector("main").append(worse);
            worse.querySelector("p").style.color = "rgb(128 128 128 / 40%)";
            worse.querySelector("p + p").style.width = "500px";
        }"""
    )

    for found in (barriers(page, LOOKS[1]), barriers(page, LOOKS[2]), all_barriers(page)):
        rules = {line.split(": ")[1] for line in found if ": " in line}
        assert {"label", "heading-order", "color-contrast"} <= rules
        assert [line for line in found if line.startswith(("390 px", "320 px"))] != []


@pytest.mark.parametrize("template", ["500.html", "503.html", "429.html"])
def test_page_of_a_rare_answer_has_no_barrier(gallery: Gallery, template: str):
    page = gallery.page_of("author")
    words = loader.get_template(template).render()
    page.route("**/rare/", lambda route: route.fulfill(content_type="text/html", body=words))
    page.goto("/rare/")
    expect(page.locator("h1")).to_have_count(1)

    found = barriers(page)

    page.unroute("**/rare/")
    assert found == [], "\n".join(found)


def test_every_template_of_a_page_is_looked_at(made: Made):
    above = {
        "llm/connection_trial.html",  # it asks a provider, in a loop of its own
        "500.html", "503.html", "429.html", "teams/first_admin.html", "accounts/sign_in_link.html",
    }  # fmt: skip
    seen = above.union(*map(made.of, all_sights()))

    assert pages_in_folder() - seen == set()


def test_what_is_new_of_each_page_is_looked_at_in_every_look(gallery: Gallery):
    fresh, sights = Made(gallery), [one for one in of_the_table() if one.name != "pages:help"]

    looks = Counter(fresh.look(sight) for sight in sights[:12])

    assert set(LOOKS) <= set(looks)
    assert fresh.seen == set().union(*map(fresh.of, sights[:12]))
    assert fresh.look(sights[0]) is None

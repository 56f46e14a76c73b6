"""The main job by keyboard alone: no press of a pointer anywhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.environments.models import Environment
from apps.environments.queries import live_version
from tests.browser.demo import make_demo
from tests.browser.people import Place, until
from tests.standing import standing_alone

PATH = "support/cards/triage"
RULE = " Abroad, a card takes three days."
WHY = "Customers abroad ask when the card comes"
MOST = 150  # presses of Tab until something must have been reached

# What has the focus, as a person who hears the page is told: its name, and the words around it.
FOCUSED = """() => {
  const one = document.activeElement;
  const named = one.getAttribute("aria-label") || one.labels?.[0]?.textContent;
  const around = one.closest("article, li, tr")?.textContent || "";
  const clean = (text) => text.trim().replace(/\\s+/g, " ");
  return [clean(named || one.textContent || one.value || ""), clean(around)];
}"""


demo = standing_alone(make_demo)


def at_home(place: Place, person) -> Page:
    page = place.signed_in(person)
    page.add_init_script(
        "addEventListener('pointerdown', () => sessionStorage.setItem('pointer', 'used'), true)"
    )
    page.goto("/")
    return page


def reach(page: Page, name: str, *, beside: str = "", key: str = "Tab") -> None:
    """Press Tab until the focus is on something of this name, in a row with the words `beside`."""
    seen = []
    for _ in range(MOST):
        page.keyboard.press(key)
        said, around = page.evaluate(FOCUSED)
        seen.append(said[:40])
        if said.startswith(name) and beside in around:
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    pytest.fail(f"{name} was not reached: {seen}")


def no_pointer(page: Page) -> bool:
    page.wait_for_load_state()
    return page.evaluate("sessionStorage.getItem('pointer')") is None


def test_main_job_is_done_by_keyboard_alone(demo, place, worker):
    sara, ana = at_home(place, demo["sara"]), at_home(place, demo["ana"])

    reach(sara, "Card triage")
    sara.keyboard.press("Enter")
    expect(sara.locator("h1")).to_have_text("Card triage")
    reach(sara, "Guardrails, block")
    sara.keyboard.press("Control+End")
    sara.keyboard.type(RULE)
    expect(sara.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")
    reach(sara, "Ask for review", key="Shift+Tab")
    sara.keyboard.press("Enter")
    expect(sara.get_by_role("dialog")).to_be_visible()
    reach(sara, "For")
    sara.keyboard.type("Production")
    reach(sara, "Why")
    sara.keyboard.type(WHY)
    reach(sara, "Release when approved")
    sara.keyboard.press("Space")
    reach(sara, "Ask for review")
    sara.keyboard.press("Enter")
    expect(sara.locator("h1")).to_contain_text("for Production")

    expect(ana.locator("#inbox")).to_contain_text(WHY)  # a worker brings it
    reach(ana, "Open review", beside=WHY)
    ana.keyboard.press("Enter")
    expect(ana.locator("h1")).to_contain_text("Card triage")
    ana.keyboard.press("j")
    expect(ana.locator(".dblock:focus, .dblock :focus").first).to_be_visible()
    ana.keyboard.press("a")
    decision = ana.get_by_role("dialog", name="Finish your review")
    expect(decision).to_be_visible()
    reach(ana, "Finish review")
    with ana.expect_navigation():
        ana.keyboard.press("Enter")

    production = Environment.objects.get(name="production")
    prompt = demo.prompt(PATH)
    until(lambda: str(live_version(prompt, production)) == "v2")
    assert no_pointer(sara)
    assert no_pointer(ana)


def test_a_press_of_the_pointer_would_be_seen(demo, place):
    page = at_home(place, demo["sara"])

    page.get_by_role("link", name="Card triage", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Card triage")

    assert not no_pointer(page)

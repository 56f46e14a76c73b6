"""Without JavaScript: every form is a plain POST, from signing in to rolling back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from apps.environments.queries import live_version
from apps.reviews.models import Comment
from tests.browser.demo import Demo, make_demo
from tests.browser.people import Place, block, give_password, sign_in_with_password, text_of
from tests.standing import standing_alone

TRIAGE = "/prompts/support/cards/triage/-"
RULE = "If the customer is abroad, say that a card reaches them in three days."


demo = standing_alone(make_demo)


def at(place: Place, demo: Demo, address: str) -> Page:
    """Sara, in a browser without script."""
    page = place.signed_in(demo["sara"], javascript=False)
    page.goto(address)
    return page


def signed_in(place: Place, demo: Demo, name: str) -> Page:
    """Through the form, as a browser without script does it."""
    give_password(demo[name])
    page = place.new_page(javascript=False)
    page.goto("/")
    sign_in_with_password(page, f"{name}@alder.example")
    return page


def menu(page: Page, label: str, *steps: str) -> None:
    here = block(page, label)
    here.get_by_label(f"More for {label}").click()
    for step in steps[:-1]:
        here.locator("summary", has_text=step).click()
    here.get_by_role("button", name=steps[-1]).first.click()


def labels(page: Page) -> list[str]:
    return [one.get_attribute("data-block") or "" for one in page.locator("li.block").all()]


def test_block_is_edited_moved_retyped_deleted_and_put_back(demo, place):
    page = at(place, demo, f"{TRIAGE}/write/")
    before = labels(page)

    box = block(page, "Guardrails").locator("textarea[name=body]")
    box.fill(f"{box.input_value()}\n- {RULE}")
    block(page, "Guardrails").get_by_role("button", name="Save").click()
    assert text_of(page, "Guardrails").endswith(RULE)

    menu(page, "Guardrails", "Move up")
    place_before = before.index("guardrails")
    assert labels(page).index("guardrails") == place_before - 1

    menu(page, "Note", "Change type", "Custom")
    assert labels(page).count("note") == before.count("note") - 1

    menu(page, "Guardrails", "Delete")
    assert "guardrails" not in labels(page)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    assert "guardrails" in labels(page)
    page.locator("#toasts").get_by_role("button", name="Redo").click()
    assert "guardrails" not in labels(page)
    page.locator("#deleted-blocks summary").click()
    page.get_by_role("button", name="Put back Guardrails").click()
    assert text_of(page, "Guardrails").endswith(RULE)

    page.locator("[data-picker] summary").click()
    page.locator("li.addhere").get_by_role("button", name="Role").click()
    assert labels(page).count("role") == before.count("role") + 1

    block(page, "Guardrails").get_by_role("link", name="Add a block below").click()
    page.locator("li.addhere").get_by_role("button", name="Custom").click()
    assert labels(page)[labels(page).index("guardrails") + 1] == "custom"


def test_variable_is_found_declared_changed_and_removed(demo, place):
    page = at(place, demo, f"{TRIAGE}/write/")
    block(page, "Role").locator("textarea[name=body]").fill("You sort for {{bank_name}}.")
    block(page, "Role").get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Variables").click()
    page.get_by_role("button", name="Add bank_name").click()

    row = page.locator(".varrow", has=page.locator("summary", has_text="bank_name"))
    row.locator("summary").first.click()
    row.get_by_label("Description").fill("As customers know it")
    row.get_by_role("button", name="Save").click()
    row.locator("summary").first.click()
    assert row.get_by_label("Description").input_value() == "As customers know it"

    row.get_by_role("button", name="Remove the declaration").click()
    expect(page.get_by_role("button", name="Add bank_name")).to_be_visible()


def test_wrong_name_of_a_variable_comes_back_with_what_was_typed(demo, place):
    page = at(place, demo, f"{TRIAGE}/write/?pane=variables")
    page.locator("summary", has_text="New variable").click()
    new = page.locator(".varrow", has=page.locator("summary", has_text="New variable"))
    new.get_by_label("Name").fill("1st card")
    new.get_by_label("Description").fill("Kept")
    new.get_by_role("button", name="Declare").click()

    expect(page.locator(".errors")).to_be_visible()
    assert page.locator("main").get_by_label("Name", exact=True).input_value() == "1st card"
    assert page.get_by_label("Description").input_value() == "Kept"


def test_version_is_saved_reviewed_released_and_rolled_back(demo, place):
    sara, ana, bo = (signed_in(place, demo, name) for name in ("sara", "ana", "bo"))
    prompt, production = demo.prompt("support/cards/triage"), demo.story.places["production"]

    sara.goto(f"{TRIAGE}/history/")
    sara.get_by_label("Why").fill("Customers abroad ask when the card comes")
    sara.get_by_role("button", name="Save a version").click()
    expect(sara.locator("table.versions")).to_contain_text("v2")

    sara.goto(f"{TRIAGE}/write/")
    sara.get_by_role("link", name="Ask for review", exact=True).click()
    sara.get_by_label("For", exact=True).select_option("production")
    sara.get_by_label("Why").fill("Customers abroad ask when the card comes")
    sara.get_by_role("button", name="Ask for review").click()
    expect(sara.locator("h1")).to_have_text("Card triage v2, for Production")

    ana.goto(sara.url)
    changed = ana.locator(".dblock", has_text="Guardrails").first
    changed.get_by_text("Comment").first.click()
    changed.get_by_label("Comment on Guardrails").fill("Is this true for every country?")
    changed.get_by_role("button", name="Comment").click()
    expect(ana.locator("#threads")).to_contain_text("Is this true for every country?")
    assert Comment.objects.filter(body="Is this true for every country?").count() == 1
    decide(ana)
    expect(ana.locator(".asks")).to_contain_text("Approved")

    bo.goto(ana.url)
    bo.get_by_role("link", name="Release v2").click()
    bo.get_by_role("button", name="Release v2 to Production").click()
    expect(bo.locator(".states")).to_contain_text("v2")
    assert live_version(prompt, production).number == 2

    bo.get_by_role("link", name="Roll back in Production").click()
    bo.get_by_label("Why").fill("Not true for Norway")
    bo.get_by_role("button", name="Roll back").click()
    expect(bo.locator(".states")).to_contain_text("Rolled back")
    assert live_version(prompt, production).number == 1


def decide(page: Page) -> None:
    """The decision's form opens with the browser's own popover, which needs no script."""
    page.get_by_role("button", name="Finish review").first.click()
    decision = page.locator("#finish")
    decision.get_by_label("Approve").check()
    decision.get_by_role("button", name="Finish review").click()


def test_prompt_is_found_and_made(demo, place):
    page = at(place, demo, "/prompts/")
    page.get_by_label("Search names and text").fill("routing")
    page.locator(".searchline").get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Card triage", exact=True)).to_be_visible()

    page.goto("/prompts/new/")
    page.locator("main").get_by_label("Name", exact=True).fill("Card limits")
    page.get_by_label("Namespace").select_option(label="support/cards")
    page.get_by_role("button", name="Create").click()

    expect(page.locator("h1")).to_have_text("Card limits")
    assert labels(page) == ["instructions", "input"]


def test_rights_and_theme_are_changed(demo, place):
    page = place.new_page(javascript=False)
    page.goto(demo.link("mei"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_contain_text("need")

    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "ink")

    page.goto("/admin/teams/new/")
    page.locator("main").get_by_label("Name", exact=True).fill("Night desk")
    page.get_by_role("button", name="team").click()
    expect(page.locator("main")).to_contain_text("Night desk")

"""The main job of product.md: two people in two browsers, and a program with a key."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.demo import Demo, make_demo
from tests.browser.people import editor, give_password, sign_in_with_password, until
from tests.standing import standing_alone

PATH = "support/cards/triage"
RULE = "If the customer is abroad, say that a card reaches them in three days."
NOTE = "Answer in the language of the message."
WHY = "Customers abroad ask when the card comes"
SENTENCES = [
    "Bo Lindqvist rolled Card triage back to v1 in Production “Three days is not true for Norway”",
    "Galley released Card triage v2 to Production, on behalf of Sara Okafor and Ana Moreno"
    f" “{WHY}”",
    "The review of Card triage v2 for Production ended: it went live",
    f"Galley released Card triage v2 to Staging, on behalf of Sara Okafor and Ana Moreno “{WHY}”",
    "Ana Moreno approved Card triage v2 for Production",
    f"Sara Okafor asked for a review of Card triage v2 for Production “{WHY}”",
    f"Sara Okafor saved v2 of support/cards/triage “{WHY}”",
]


stood = standing_alone(make_demo)


@pytest.fixture
def demo(stood: Demo) -> Demo:
    give_password(stood["sara"])
    return stood


def test_sentence_of_live_prompt_is_changed_reviewed_released_fetched_and_rolled_back(
    demo, place, worker, library
):
    url, key = place.live.url, demo.key
    before = fetch(url, key)
    assert before.json()["version"] == 1

    sara, ana, bo = place.new_page(), place.new_page(), place.new_page()
    sara.goto("/")
    sign_in_with_password(sara, "sara@alder.example")
    sign_in_with_link(ana, demo.link("ana"))
    sign_in_with_link(bo, demo.link("bo"))

    find_prompt(sara, "routing", "Card triage")
    change_block(sara, "Guardrails", f"\n- {RULE}")
    change_block(sara, "Role", f" {NOTE}")
    see_preview(sara)
    ask_for_review(sara)

    open_from_inbox(ana, "Card triage v2")
    read_comparison(ana)
    comment_on(ana, "Guardrails", "Is three days true for every country?")
    approve(ana)

    assert_goes_live(ana, url, key, version=2)
    assert words_of(library, url, key) == (2, True, True)
    assert_unchanged_text_is_not_sent_again(url, key, old=before)

    roll_back(bo)
    assert words_of(library, url, key) == (1, False, False)
    assert_audit_says_who_did_it(bo)


# --- each step as a person does it -----------------------------------------------------------


def sign_in_with_link(page: Page, link: str) -> None:
    page.goto(link)
    page.wait_for_url("**/")


def find_prompt(page: Page, words: str, name: str) -> None:
    """By words that stand in a block, not in its name."""
    page.goto("/prompts/")
    page.get_by_label("Search names and text").fill(words)
    expect(page.locator("#results mark.hit").first).to_have_text(words)
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Write", exact=True).click()
    expect(page.locator("h1")).to_have_text(name)


def change_block(page: Page, label: str, words: str) -> None:
    """Type at the end of a block; it saves by itself."""
    editor(page, label).click()
    page.keyboard.press("Control+End")
    with page.expect_response(lambda answer: answer.url.endswith("/save/")):
        page.keyboard.insert_text(words)
    expect(page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")


def see_preview(page: Page) -> None:
    preview = page.locator("#preview")
    expect(preview).to_contain_text(RULE)
    expect(preview).to_contain_text(NOTE)
    expect(preview.get_by_label("With the sample")).to_contain_text("Card lost abroad")
    expect(preview.locator("[title=card_last4]").first).to_have_text("4417")
    expect(preview).to_contain_text("tokens with “Card lost abroad”")


def ask_for_review(page: Page) -> None:
    page.get_by_role("link", name="Ask for review", exact=True).click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("For").select_option("production")
    panel.get_by_label("Why").fill(WHY)
    at_once = panel.get_by_label("Release when approved")
    expect(at_once).not_to_be_checked()  # as the rule of Production says
    at_once.check()
    panel.get_by_role("button", name="Ask for review").click()
    expect(page.locator("h1")).to_have_text("Card triage v2, for Production")


def open_from_inbox(page: Page, title: str) -> None:
    page.goto("/")
    item = page.get_by_role("article").filter(has_text=title)
    expect(item).to_contain_text(WHY)
    item.get_by_role("link", name="Open review").click()


def read_comparison(page: Page) -> None:
    expect(page.locator(".asks")).to_contain_text("compared with v1, live since")
    page.get_by_role("link", name="Side by side").click()
    guardrails = page.locator(".dblock", has_text="Guardrails").first
    expect(guardrails.locator(".side ins", has_text=RULE)).to_be_visible()
    role = page.locator(".dblock", has_text="Role").first
    expect(role.locator(".side ins", has_text=NOTE)).to_be_visible()


def comment_on(page: Page, label: str, words: str) -> None:
    changed = page.locator(".dblock", has_text=label).first
    changed.get_by_text("Comment", exact=False).first.click()
    changed.get_by_label(f"Comment on {label}").fill(words)
    changed.get_by_role("button", name="Comment").click()
    expect(page.locator("#threads")).to_contain_text(words)


def approve(page: Page) -> None:
    page.get_by_role("button", name="Finish review").first.click()
    decision = page.get_by_role("dialog", name="Finish your review")
    decision.get_by_label("Approve").check()
    decision.get_by_role("button", name="Finish review").click()


def roll_back(page: Page) -> None:
    """Three acts: the button on the board, the reason, the button in the panel."""
    page.goto("/releases/")
    page.get_by_role("link", name="Roll back to v1 Card triage in Production").click()
    panel = page.get_by_role("dialog")
    panel.get_by_label("Why").fill("Three days is not true for Norway")
    panel.get_by_role("button", name="Roll back").click()
    expect(page.locator("main")).to_contain_text("Rolled back")


# --- a program that knows an address and a key -----------------------------------------------


def fetch(url: str, key: str, etag: str = "") -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", **({"If-None-Match": etag} if etag else {})}
    return httpx.get(f"{url}/api/v1/prompts/{PATH}", headers=headers)


def words_of(library, url: str, key: str) -> tuple[int, bool, bool]:
    """The version that an application has, and which of the two new sentences are in it."""
    with library.Galley(url, key) as galley:
        prompt = galley.get(PATH)
    messages = prompt.render(card_last4="4417", last_country="Portugal", message="Hi")
    told = "\n".join(message["content"] for message in messages)
    return prompt.version, RULE in told, NOTE in told


def assert_goes_live(page: Page, url: str, key: str, *, version: int) -> None:
    """The worker hears of the approval and releases; nobody presses anything."""
    until(lambda: fetch(url, key).json()["version"] == version)
    page.reload()
    expect(page.locator(".asks")).to_contain_text("Released")


def assert_unchanged_text_is_not_sent_again(url: str, key: str, *, old: httpx.Response) -> None:
    new = fetch(url, key)
    again = fetch(url, key, etag=new.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
    assert fetch(url, key, etag=old.headers["etag"]).content == new.content


def assert_audit_says_who_did_it(page: Page) -> None:
    page.goto("/audit/")
    said = [" ".join(line.split()) for line in page.locator(".log .say").all_inner_texts()]

    assert said[: len(SENTENCES)] == SENTENCES

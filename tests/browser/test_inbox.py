"""The inbox in a browser: by keyboard alone, live, with its way back; and choices that save
themselves."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.audit.subscribers import run_all
from apps.notifications.choices import ways_of
from apps.notifications.kinds import Kind
from apps.notifications.models import InboxItem
from apps.reviews.actions import start_thread
from apps.reviews.models import Mention, Suggestion
from tests.browser.axe import complaints
from tests.browser.people import until
from tests.releases.world import World, make_world
from tests.standing import standing_alone

world = standing_alone(make_world)


def ask(world: World, segment: str, text: str = "Be brief."):
    prompt = world.prompt(segment)
    review = world.review(prompt, world.version(prompt, text), "production")
    run_all()
    return review


def needs(page: Page, count: int) -> None:
    expect(page.locator("#inbox article")).to_have_count(count)


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.querySelector('h2')?.innerText ?? ''")


def test_inbox_by_keyboard_alone(world, place):
    for segment in ("one", "two", "three"):
        ask(world, segment)
    page = place.signed_in(world["reviewer"])
    page.goto("/")
    needs(page, 3)

    page.keyboard.press("j")
    page.keyboard.press("j")
    assert "Two" in focused(page)
    page.keyboard.press("e")
    needs(page, 2)
    expect(page.locator("toast-note")).to_contain_text("Done: Two")

    page.locator("toast-note").get_by_role("button", name="Undo").press("Enter")
    needs(page, 3)

    page.locator("#inbox article").first.focus()
    page.keyboard.press("h")
    expect(page.locator("details.menu[open] .menuitem").first).to_be_focused()
    assert complaints(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    needs(page, 2)
    expect(page.locator("nav.tabs")).to_contain_text("Snoozed 1")
    assert InboxItem.objects.exclude(snoozed_until=None).count() == 1


def test_letters_are_off_for_who_switched_them_off(world, place):
    ask(world, "one")
    User.objects.filter(pk=world["reviewer"].pk).update(single_key_shortcuts=False)
    page = place.signed_in(world["reviewer"])
    page.goto("/")
    page.locator("#inbox article").first.focus()

    page.keyboard.press("e")
    page.keyboard.press("h")

    assert page.locator("details.menu[open]").count() == 0
    assert InboxItem.objects.filter(person=world["reviewer"], done_at=None).count() == 1


def test_count_follows_on_every_page_without_a_reload(world, place):
    page = place.signed_in(world["reviewer"])
    page.goto("/help/")
    expect(page.locator("#rail-count")).to_be_empty()
    page.wait_for_timeout(500)  # the stream is open

    ask(world, "one")

    expect(page.locator("#rail-count")).to_have_text("1")
    expect(page.locator("#bell-count")).to_have_text("1")
    expect(page.locator("#bell-words")).to_have_text("Inbox, 1 thing needs you")


def test_new_item_comes_into_the_open_list(world, place):
    ask(world, "one")
    page = place.signed_in(world["reviewer"])
    page.goto("/")
    needs(page, 1)
    page.wait_for_timeout(500)

    ask(world, "two")

    needs(page, 2)
    expect(page.get_by_role("heading", level=1)).to_have_text("Two things need you")


def test_mute_with_undo(world, place):
    ask(world, "one")
    page = place.signed_in(world["reviewer"])
    page.goto("/")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="Mute this prompt").click()
    needs(page, 0)

    page.locator("toast-note").get_by_role("button", name="Undo").click()

    needs(page, 1)


def test_suggestion_and_mention_show_what_they_are_about(world, place):
    review = ask(world, "one")
    thread = start_thread(review, block_key=None, body="Shorter", actor=world["reviewer"])
    block = review.prompt.drafts.get().blocks.get()
    Suggestion.objects.create(
        comment=thread.comments.get(), block_key=block.key, base="Be brief.", body="Be kind."
    )
    other = start_thread(review, block_key=None, body="Look\u202e", actor=world["reviewer"])
    Mention.objects.create(comment=other.comments.get(), person=world["author"])
    run_all()
    page = place.signed_in(world["author"])
    page.goto("/")

    expect(page.locator(".proposal ins")).to_contain_text("kind")
    expect(page.locator(".proposal del")).to_contain_text("brief")
    expect(page.locator("#inbox [data-marker='Right-to-left override']")).to_have_count(1)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert complaints(page) == []


def test_choices_save_themselves_and_the_button_saves_without_javascript(world, place):
    page = place.signed_in(world["author"])
    page.goto("/account/notifications/")
    assert page.get_by_role("button", name="Save", exact=True).count() == 0
    page.locator("input[name=email-mention][value=none]").check()
    expect(page.locator("#choices-said")).to_contain_text("Saved at")
    assert ways_of(world["author"])[Kind.MENTION].email == "none"

    plain = place.signed_in_at(place.new_page(javascript=False), world["author"])
    plain.goto("/account/notifications/")
    plain.locator("input[name=inbox-mention]").uncheck()
    plain.get_by_role("button", name="Save", exact=True).click()
    expect(plain.locator("input[name=inbox-mention]")).not_to_be_checked()
    until(lambda: ways_of(world["author"])[Kind.MENTION].inbox is False)

"""Words that are talked about: underlined where they stand, taken along by keys, and not lost when
their block is; and whoever is named without access is let in by one click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.prompts.actions import remove_block
from apps.prompts.queries import draft_of
from apps.reviews.actions import start_draft_thread, start_thread
from apps.reviews.models import Review, Thread
from apps.teams.rights import people_with
from tests.browser.axe import complaints
from tests.browser.people import Place, until
from tests.releases.world import World, edit, make_world
from tests.standing import standing_alone

OLD = "Thank them once. Name the date."
NEW = "Thank them once. Name the exact date of delivery."
UNDERLINED = """() => [...CSS.highlights.get("quoted")].map((range) => range.toString())"""


world = standing_alone(make_world)


@pytest.fixture
def review(world: World) -> Review:
    prompt = world.prompt()
    world.put_live(prompt, world.version(prompt, OLD), "production")
    return world.review(prompt, world.version(prompt, NEW), "production")


def key_of(review: Review) -> str:
    return str(draft_of(review.prompt).blocks.get().key)


def select(page: Page, words: str) -> None:
    """Select these words of the new text, as a pointer would."""
    page.evaluate(
        """(words) => {
            const walker = document.createTreeWalker(
                document.querySelector(".dblock .together, .dblock .side td + td"),
                NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                getSelection().setBaseAndExtent(node, at, node, at + words.length);
                return;
            }
            throw new Error("These words are not in one piece of the text.");
        }""",
        words,
    )


@pytest.mark.parametrize("view", ["together", "side"])
def test_selected_words_of_a_review_are_commented_by_keys_and_underlined(
    place: Place, world: World, review: Review, view: str
):
    page = place.signed_in(world["reviewer"])
    page.goto(f"/reviews/{review.pk}/?view={view}")
    select(page, "Thank them once")
    page.keyboard.press("Control+Alt+m")
    card = page.locator(".dblock").first
    expect(card.locator("textarea[name=body]")).to_be_focused()
    expect(card.locator("[data-quote]")).to_have_text("Thank them once")
    page.keyboard.type("Why once?")
    card.get_by_role("button", name="Comment", exact=True).click()

    expect(page.locator("#threads q")).to_have_text("Thank them once")
    until(lambda: page.evaluate(UNDERLINED) == ["Thank them once"])
    page.reload()
    until(lambda: page.evaluate(UNDERLINED) == ["Thank them once"])
    assert Thread.objects.get().after.startswith(". Name")


def test_words_over_a_marked_difference_are_underlined_and_gone_ones_are_not(
    place: Place, world: World, review: Review
):
    key, reviewer = key_of(review), world["reviewer"]
    for words in ("the exact date", "never said so"):
        start_thread(review, block_key=key, quote=words, body="Hm", actor=reviewer)
    page = place.signed_in(reviewer)
    page.goto(f"/reviews/{review.pk}/")

    # Not what was removed in between.
    until(lambda: page.evaluate(UNDERLINED) == ["the ", "exact date"])
    expect(page.locator("#threads")).to_contain_text("Text changed")


def test_selection_over_a_difference_takes_the_new_words_alone(place, world, review):
    page = place.signed_in(world["reviewer"])
    page.goto(f"/reviews/{review.pk}/")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.dblock [data-text]'))")
    page.keyboard.press("Control+Alt+m")

    expect(page.locator(".dblock [data-quote]")).to_have_text(NEW)


def test_comment_on_a_block_that_somebody_deletes_is_kept_and_sent_about_the_whole(
    place: Place, world: World
):
    prompt = world.prompt()
    edit(prompt, OLD, world["author"])
    block = draft_of(prompt).blocks.get()
    page = place.signed_in(world["reviewer"])
    page.goto(f"/prompts/{prompt.path}/-/write/?pane=comments&block={block.key}")
    box = page.locator("#new-thread textarea[name=body]")
    box.fill("Is this so?")

    remove_block(block, actor=world["author"])
    page.locator("#new-thread").get_by_role("button", name="Comment", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("This block was deleted meanwhile")
    expect(box).to_have_value("Is this so?")
    expect(page.locator("#new-thread summary")).to_contain_text("Comment on the whole text")
    page.locator("#new-thread").get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator(".thread .cmt")).to_contain_text("Is this so?")
    assert Thread.objects.get().block_key is None


def test_who_is_named_without_access_is_let_in_from_the_comment(place: Place, world: World):
    prompt = world.prompt()
    edit(prompt, OLD, world["author"])
    start_draft_thread(draft_of(prompt), block_key=None, body="@Outsider?", actor=world.admin)
    page = place.signed_in(world.admin)
    page.goto(f"/prompts/{prompt.path}/-/write/?pane=comments")
    expect(page.locator("#threads")).to_contain_text("Outsider cannot see this prompt")
    assert complaints(page) == []

    page.get_by_role("button", name="Give view access").click()

    expect(page.get_by_role("button", name="Give view access")).to_have_count(0)
    assert world["outsider"].pk in people_with("view", prompt.namespace)

"""The page of a review in a browser: views, keys, the decision, the phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.prompts.actions import declare_variable
from apps.prompts.models import Prompt
from apps.prompts.queries import draft_of
from apps.reviews.models import Decision, Review
from apps.reviews.states import DecisionKind
from apps.teams.actions import grant
from tests.browser.demo import Demo, make_demo
from tests.browser.people import until
from tests.releases.world import World, edit, make_world
from tests.standing import standing_alone

PATH = "support/refunds/reply"


demo = standing_alone(make_demo)


@pytest.fixture
def review(demo: Demo) -> Review:
    return Review.objects.get(prompt__path=PATH, state="open")


def of_ana(place, demo: Demo, review: Review, query: str = "", **more) -> Page:
    page = place.signed_in(demo["ana"], **more)
    page.goto(f"/reviews/{review.pk}/{query}")
    return page


def focused(page: Page) -> str:
    """What a change or a field is called that has the focus."""
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.id"
    )


def decision_of(review: Review) -> str:
    until(lambda: Decision.objects.filter(round__review=review).exists())
    return Decision.objects.get(round__review=review).kind


def test_views_are_addresses_and_together_is_the_first(place, demo, review):
    page = of_ana(place, demo, review)
    switch = page.get_by_role("navigation", name="How the differences are shown")
    expect(switch.locator("[aria-current]")).to_have_text("Together")
    expect(page.get_by_role("link", name="Outputs")).to_have_count(0)

    switch.get_by_role("link", name="Side by side").click()
    page.wait_for_url("**?view=side*")
    header = page.get_by_role("rowheader").filter(has_text="Instructions").first
    expect(header).to_contain_text("Edited")
    expect(page.get_by_role("columnheader", name="v3, asked for").first).to_be_attached()

    switch.get_by_role("link", name="Final text").click()
    page.wait_for_url("**?view=final*")
    expect(page.locator(".diff .dblock p ins, .diff .dblock p del")).to_have_count(0)


def test_gate_of_the_demo_knows_what_its_month_of_calls_sent(place, demo, review):
    page = of_ana(place, demo, review)

    expect(page.get_by_text("sends what this version needs")).to_be_visible()


@pytest.mark.parametrize("view", ["together", "side"])
def test_moved_block_is_one_card_with_a_way_to_where_it_stood_and_back(place, demo, review, view):
    page = of_ana(place, demo, review, f"?view={view}")
    card = page.locator(".dblock", has_text="Moved from place 4 to 3")
    expect(card).to_have_count(1)

    card.get_by_role("link", name="where it stood").click()
    expect(page.locator(".stood:target")).to_contain_text("Guardrails stood here")
    page.locator(".stood:target a").click()
    expect(page.locator(".dblock:target")).to_contain_text("Moved from place 4 to 3")


def test_letters_walk_the_changes_comment_and_open_the_decision(place, demo, review):
    page = of_ana(place, demo, review)
    changes = page.locator("[data-key-item]")
    page.keyboard.press("j")
    expect(changes.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(changes.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(changes.nth(0)).to_be_focused()

    page.keyboard.press("c")
    box = page.get_by_label("Comment on Guardrails").first
    expect(box).to_be_focused()
    page.keyboard.type("jka")  # letters are letters in a box
    expect(page.locator(":focus")).to_have_value("jka")
    expect(page.locator("#finish")).to_be_hidden()

    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.locator("#finish")).to_be_visible()
    expect(page.get_by_label("Approve")).to_be_focused()
    assert not Decision.objects.filter(round__review=review).exists()
    page.keyboard.press("Escape")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Next and previous")


def test_letters_do_nothing_for_who_switched_them_off(place, demo, review):
    person = demo["ana"]
    person.single_key_shortcuts = False
    person.save(update_fields=["single_key_shortcuts"])
    page = of_ana(place, demo, review)

    for letter in ("j", "c", "a", "?"):
        page.keyboard.press(letter)

    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("#finish")).to_be_hidden()
    page.get_by_role("button", name="Finish review").first.click()
    expect(page.locator("#finish")).to_be_visible()


def test_own_change_has_the_reason_where_the_button_would_be(place, demo, review):
    grant(demo.prompt(PATH).namespace, role="reviewer", to=demo["sara"], actor=demo.story.admin)
    page = place.signed_in(demo["sara"])
    page.goto(f"/reviews/{review.pk}/")

    expect(page.get_by_role("button", name="Finish review")).to_have_count(0)
    expect(page.locator(".pagehead .actions")).to_contain_text("You edited this text")
    page.keyboard.press("a")
    expect(page.locator("#finish")).to_have_count(0)


@pytest.mark.parametrize(
    ("button", "value"),
    [("Approve", "approve"), ("Request changes", "request_changes"), ("Comment", "comment")],
)
def test_each_button_of_the_phone_opens_its_own_choice(place, demo, review, button, value):
    page = of_ana(place, demo, review, width=390)
    bar = page.get_by_role("group", name="Finish review")
    pressed = bar.get_by_role("button", name=button, exact=True)
    box = pressed.bounding_box()
    assert box is not None and box["height"] >= 44

    pressed.click()

    expect(page.locator("#finish input[name=outcome]:checked")).to_have_value(value)


def test_approve_on_a_phone(place, demo, review):
    page = of_ana(place, demo, review, "?view=side", width=390)
    expect(page.locator("tr.side").first).to_be_hidden()
    expect(page.locator(".together.mv")).to_be_visible()

    page.get_by_role("group", name="Finish review").get_by_role("button", name="Approve").click()
    page.get_by_role("dialog").get_by_role("button", name="Finish review").click()

    expect(page.get_by_text("You approved v3.")).to_be_visible()
    assert decision_of(review) == DecisionKind.APPROVE


def test_bar_of_the_phone_never_covers_what_has_the_focus(place, demo, review):
    page = of_ana(place, demo, review, width=390)
    top = page.locator(".decide").bounding_box()
    assert top is not None
    for _step in range(page.locator("[data-key-item]").count()):
        page.keyboard.press("j")
        begins = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert 0 <= begins < top["y"]
    seen = 0
    for _step in range(80):
        page.keyboard.press("Tab")
        end, inside = page.evaluate(
            """() => {const at = document.activeElement;
            return [at.getBoundingClientRect().bottom, Boolean(at.closest("main"))
                && !at.closest(".decide") && at.getBoundingClientRect().height < 400]}"""
        )
        if inside:
            seen += 1
            assert end <= top["y"] + 1
    assert seen > 10


@pytest.mark.parametrize("view", ["together", "side"])
def test_comment_and_wording_are_written_beside_the_block_without_leaving(
    place, demo, review, view
):
    page = of_ana(place, demo, review, f"?view={view}")
    card = page.locator(".dblock[data-block=instructions]")
    card.hover()
    card.locator("summary", has_text="Comment").click()
    expect(card.get_by_role("textbox", name="Comment on Instructions")).to_be_focused()
    page.keyboard.type("Why so long?")
    card.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("#threads")).to_contain_text("Why so long?")
    expect(card.locator("summary", has_text="Comment")).to_be_focused()

    card.get_by_role("link", name="Suggest a wording").click()
    box = card.get_by_role("textbox", name="The block, as you would write it")
    expect(box).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Sign with your name.")
    card.get_by_role("button", name="Suggest", exact=True).click()

    expect(page.locator("#threads .sugg ins").last).to_contain_text("Sign with your name.")
    expect(box).to_have_count(0)
    assert page.url.endswith(f"?view={view}")


world = standing_alone(make_world)


@pytest.fixture
def asked(world: World) -> tuple[User, Prompt]:
    """A draft that asks for more than staging has; nothing is live in production."""
    prompt = world.prompt()
    world.put_live(prompt, world.version(prompt, "Say hello."), "staging")
    declare_variable(draft_of(prompt), name="order_id", required=True, actor=world["author"])
    edit(prompt, "Say hello about {{order_id}}.", world["author"])
    return world["author"], prompt


def test_effect_follows_the_place_and_what_was_typed_stays(place, asked):
    author, prompt = asked
    page = place.signed_in(author)
    page.goto(f"/prompts/{prompt.path}/-/ask-for-review/?environment=staging")
    where = page.get_by_label("For", exact=True)
    summary, effect = page.get_by_label("What changes"), page.locator("#asked-effect")
    expect(effect).to_contain_text("that do not send")
    at_once = page.get_by_label("Release when approved")
    at_once.check()
    written = summary.input_value()
    page.get_by_label("Why").fill("Half a reason")

    where.select_option("production")
    expect(effect).not_to_contain_text("that do not send")
    expect(summary).not_to_have_value(written)
    expect(page.get_by_label("Why")).to_have_value("Half a reason")
    expect(at_once).not_to_be_checked()

    summary.fill("In my own words")
    where.select_option("staging")
    expect(effect).to_contain_text("that do not send")
    expect(summary).to_have_value("In my own words")


def test_phone_that_cannot_show_two_columns_says_which_view_it_shows(place, demo, review):
    page = of_ana(place, demo, review, "?view=side", width=390)
    switch = page.get_by_role("navigation", name="How the differences are shown")
    current = switch.locator("[aria-current]:visible")
    expect(current).to_have_text("Together")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(current).to_have_text("Side by side")

"""The list of prompts: what it shows, to whom, and at what cost."""

from __future__ import annotations

import re

import pytest

from apps.environments.queries import live_release
from apps.pages.queries.registry import Wanted, listing
from apps.prompts.actions import archive_prompt, create_prompt
from apps.releases.actions import roll_back
from apps.reviews.actions import request_changes
from apps.teams.actions import create_namespace
from tests.releases.world import approve, edit, make_world
from tests.standing import begins_with, standing


def names(page) -> list[str]:
    return re.findall(r'class="nm"[^>]*>([^<]*)<', page.content.decode())


def words(person, **wanted):
    """Prompt name → status as its kind and words."""
    found = listing(person, Wanted(**wanted))
    return {row.prompt.name: (row.kind, row.words) for _, rows in found.groups for row in rows}


@begins_with(make_world)
def make_three(world):
    """One live, one under review, one new."""
    live, asked, new = (world.prompt(segment) for segment in ("live", "asked", "new"))
    world.put_live(live, world.version(live, "One"), "production")
    world.review(asked, world.version(asked, "Two"), "production")
    return live, asked, new


three = standing(make_three)


def test_registry_shows_visible_prompts_by_namespace(world, three, signed_in):
    below = create_namespace(world.desk, segment="cards", purpose="", actor=world.admin)
    create_prompt(below, segment="triage", name="Triage", actor=world["author"])

    page = signed_in(world["viewer"]).get("/prompts/")

    assert names(page) == ["Asked", "Live", "New", "Triage"]
    assert re.findall(r'rowgroup"><a href="\?in=([a-z/]+)"', page.content.decode()) == [
        "desk", "desk/cards",
    ]  # fmt: skip


def test_registry_shows_nothing_of_others(world, three, signed_in):
    page = signed_in(world["outsider"]).get("/prompts/?q=hello")

    assert names(page) == []
    assert b"desk" not in page.content


def test_statuses_say_what_is_the_case(world, three):
    live, asked, _new = three
    assert words(world["viewer"]) == {
        "Asked": ("open", ""), "Live": ("released", ""), "New": ("draft", "Draft, new"),
    }  # fmt: skip

    edit(live, "Something else", world["author"])
    review = asked.reviews.get()
    request_changes(
        review, content_hash=review.rounds.get().version.content_hash, reason="Shorter",
        actor=world["reviewer"],
    )  # fmt: skip

    assert words(world["viewer"])["Live"] == ("draft", "Draft, changed")
    assert words(world["viewer"])["Asked"] == ("changes_requested", "")


def test_rolled_back_prompt_says_so(world, three):
    live = three[0]
    world.put_live(live, world.version(live, "Worse"), "production")
    now = live_release(live, world.places["production"])
    roll_back(
        live, environment=now.environment, version=now.replaced.version, expects=now.pk,
        reason="Worse", actor=world["releaser"],
    )  # fmt: skip

    assert words(world["viewer"])["Live"] == ("rolled_back", "")
    assert list(words(world["viewer"], status="rolled_back")) == ["Live"]


def test_version_that_only_a_share_gets_says_so(world, three, signed_in):
    live = three[0]
    better = world.version(live, "Better")
    world.approved(live, better, "production")
    world.release(live, better, "staging")
    world.release(live, better, "production", share=10)

    page = signed_in(world["viewer"]).get("/prompts/").content.decode()

    assert re.search(r">v\d+</span>.{0,160}>10 %</span>", page)
    assert page.count("10 %") == 1


@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("live", ["Live"]),
        ("in_review", ["Asked"]),
        ("approved", []),
        ("draft", ["New"]),
        ("archived", ["Old"]),
    ],
)
def test_status_filter(world, three, signed_in, status, found):
    old = world.prompt("old")
    archive_prompt(old, actor=world["author"])

    page = signed_in(world["viewer"]).get(f"/prompts/?status={status}")

    assert names(page) == found


def test_approved_filter_finds_what_waits_for_its_release(world, three):
    approve(three[1].reviews.get(), world["reviewer"])

    assert list(words(world["viewer"], status="approved")) == ["Asked"]


def test_search_looks_into_the_blocks_and_marks_the_hit(world, three, signed_in):
    edit(three[2], "Always name the courier.", world["author"])

    page = signed_in(world["viewer"]).get("/prompts/?q=courier")

    assert names(page) == ["New"]
    assert '<mark class="hit">courier</mark>' in page.content.decode()


def test_search_by_htmx_answers_the_results_alone(world, three, signed_in):
    client = signed_in(world["viewer"])

    page = client.get("/prompts/?q=live", headers={"HX-Request": "true", "HX-Target": "results"})

    assert page.content.decode().strip().startswith('<div id="results">')
    assert names(page) == ["Live"]


def test_mine_is_what_one_made_or_wrote(world, three):
    world.prompt("other", author="author2")
    edit(three[0], "With both hands", world["author2"])

    assert sorted(words(world["author2"], view="mine")) == ["Live", "Other"]


@pytest.mark.parametrize(
    "query", ["status=nonsense", "owner=7", "in=no/such/place", "owner=%F0%9F%98%80", "page=x"]
)
def test_bad_filter_is_dropped_with_a_note(world, three, signed_in, query):
    page = signed_in(world["viewer"]).get(f"/prompts/?{query}")

    assert len(names(page)) == 3
    assert ("note warnbg" in page.content.decode()) is (not query.startswith("page"))


def test_nothing_found_offers_to_clear_the_filters(world, three, signed_in):
    page = signed_in(world["viewer"]).get("/prompts/?q=zebra")

    assert "No prompt fits" in page.content.decode()
    assert "Clear filters" in page.content.decode()


@pytest.mark.parametrize("prompts", [1, 3])
def test_registry_asks_a_constant_number_of_queries(
    world, signed_in, django_assert_num_queries, prompts
):
    for number in range(prompts):
        prompt = world.prompt(f"one-{number}")
        world.put_live(prompt, world.version(prompt, "One"), "production")
        world.review(prompt, world.version(prompt, "Two"), "production")
    client = signed_in(world["viewer"])

    with django_assert_num_queries(16):
        page = client.get("/prompts/?q=two")

    assert len(names(page)) == prompts


def test_fifty_are_shown_and_the_rest_on_demand(world, signed_in):
    for number in range(52):
        create_prompt(
            world.desk, segment=f"p{number:02}", name=f"P{number:02}", actor=world["author"]
        )
    client = signed_in(world["viewer"])

    first, second = client.get("/prompts/"), client.get("/prompts/?page=2")

    assert (len(names(first)), len(names(second))) == (50, 52)
    assert "Show 50 more" in first.content.decode()
    assert "Show 50 more" not in second.content.decode()

"""A card of the board, opened."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.releases.actions import step_rollout
from apps.releases.queries import live_release
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import make_world
from tests.standing import standing


def make_it():
    """v1 and then v2 went live in production; v3 is in staging alone."""
    world = make_world()
    world.reply = world.prompt()
    for words in ("One.", "Two."):
        world.put_live(world.reply, world.version(world.reply, words), "production")
    world.third = world.version(world.reply, "Three.")
    world.put_live(world.reply, world.third, "staging")
    return world


desk = standing(make_it)


def shown(desk, environment, who="releaser", **headers):
    address = reverse("pages:card", args=[desk.reply.path])
    query = {"environment": environment} if environment else {}
    answer = signed_in(desk, who).get(address, query, headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()), answer


def test_card_says_what_changed_who_approved_and_what_was_before(desk):
    words, _answer = shown(desk, "production")

    for said in (
        "Reply in Production", "v2, by Releaser, live since", "Instructions edited",
        "Compare v1 with v2", "Reviewer approved it for Production",
        "Releaser released v2 to Production, after v1",
        "Releaser released v1 to Production, the first one",
    ):  # fmt: skip
        assert said in words, said


@pytest.mark.parametrize(("who", "offered"), [("releaser", True), ("author", False)])
def test_card_offers_a_plan_for_the_next_place_to_who_may_release_there(desk, who, offered):
    words, answer = shown(desk, "staging", who)

    address = reverse("releases:schedule_release", args=["desk/reply"])
    assert ("Schedule v3 for Production" in words) is offered
    assert (address in answer.content.decode()) is offered


def test_card_compares_with_the_last_other_words_during_a_rollout(desk):
    desk.approved(desk.reply, desk.third, "production")
    desk.release(desk.reply, desk.third, "production", share=10)
    place = desk.places["production"]
    step_rollout(
        desk.reply, environment=place, share=25, expects=live_release(desk.reply, place).pk,
        actor=desk["releaser"],
    )  # fmt: skip

    words, _answer = shown(desk, "production")

    assert "Compare v2 with v3" in words
    assert "25 % get v3" in words


def test_card_of_a_draft_tells_of_the_newest_version_and_every_place(desk):
    words, _answer = shown(desk, "")

    assert "v3 is the newest version." in words
    assert "Open the draft" in words
    assert "released v2 to Production" in words


def test_card_of_a_new_prompt_is_not_empty(desk):
    desk.reply = desk.prompt("fresh")

    words, _answer = shown(desk, "")

    assert "It has no version yet." in words
    assert "It was never released." in words
    assert "Nothing is live in Production yet." in shown(desk, "production")[0]


def test_card_comes_as_a_piece_for_htmx_and_as_a_page_without(desk):
    _words, page = shown(desk, "production")
    _words, piece = shown(desk, "production", **{"HX-Request": "true"})

    assert b"<html" in page.content
    assert piece.content.strip().startswith(b'<section class="panel pop drawer"')


def test_title_on_the_board_leads_to_the_releases_without_script(desk):
    board = signed_in(desk, "releaser").get("/releases/").content.decode()

    address = reverse("pages:prompt_releases", args=["desk/reply"])
    opened = reverse("pages:card", args=["desk/reply"])
    assert f'href="{address}" hx-get="{opened}?environment=production"' in board

"""The pages of one prompt: what stands at the head, in the history, in a comparison."""

from __future__ import annotations

import re

import pytest

from apps.pages.queries.prompt import head_of
from apps.prompts.actions import archive_prompt
from tests.releases.world import approve, edit, make_world
from tests.standing import begins_with, standing

ROOMS = ("write", "preview", "reviews", "releases", "history", "compare", "settings")


def texts(page) -> str:
    """The words of a page, without tags and runs of spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@begins_with(make_world)
def make_live(world):
    prompt = world.prompt()
    world.put_live(prompt, world.version(prompt, "Say hello and thank you."), "production")
    return prompt


live = standing(make_live)


@pytest.mark.parametrize("room", [*ROOMS, "versions/1"])
def test_each_room_opens_for_a_viewer_and_is_not_there_for_an_outsider(
    world, live, signed_in, room
):
    url = f"/prompts/{live.path}/-/{room}/"

    assert signed_in(world["viewer"]).get(url).status_code == 200
    refused = signed_in(world["outsider"]).get(url)
    assert refused.status_code == 404
    assert "Reply" not in refused.content.decode()


@pytest.mark.parametrize("room", ROOMS)
def test_fragment_is_as_closed_as_its_page(world, live, signed_in, room):
    headers = {"HX-Request": "true", "HX-Target": "pane"}

    refused = signed_in(world["outsider"]).get(f"/prompts/{live.path}/-/{room}/", headers=headers)

    assert refused.status_code == 404
    assert "Say hello" not in refused.content.decode()


def test_prompt_leads_to_the_text_the_preview_or_the_review(world, live, signed_in):
    url = f"/prompts/{live.path}/"
    assert signed_in(world["author"]).get(url).url == f"{url}-/write/"
    assert signed_in(world["viewer"]).get(url).url == f"{url}-/preview/"

    review = world.review(live, world.version(live, "Shorter"), "production")

    assert signed_in(world["reviewer"]).get(url).url == f"/reviews/{review.pk}/"


def test_head_says_what_differs_from_what_is_live(world, live, signed_in):
    page = signed_in(world["author"]).get(f"/prompts/{live.path}/-/write/")
    assert "The draft is the same as v1, which is live." in texts(page)

    edit(live, "Say hello, warmly, and thank you.", world["author"])

    page = signed_in(world["author"]).get(f"/prompts/{live.path}/-/write/")
    assert "Since v1, which is live: Instructions edited . Compare with v1" in texts(page)


def test_the_one_button_follows_the_state(world, live):
    def act(name):
        return head_of(world[name], live).act

    assert act("author").reason == "The draft is the same as v1, which is live."

    edit(live, "Shorter", world["author"])
    assert (act("author").label, act("author").panel) == ("Ask for review", True)
    assert "needs the right" in act("viewer").reason

    review = world.review(live, world.version(live, "Shorter"), "production")
    assert act("reviewer").label == "Review v2"
    assert act("author").label == "Open review"

    approve(review, world["reviewer"])
    assert act("releaser").label == "Release v2 to Production"

    archive_prompt(live, still_live=True, actor=world.admin)
    live.refresh_from_db()
    assert act("author").label == "Restore…"


def test_pane_comes_alone_by_htmx_and_with_the_page_without(world, live, signed_in):
    client, url = signed_in(world["author"]), f"/prompts/{live.path}/-/write/?pane=variables"

    fragment = client.get(url, headers={"HX-Request": "true", "HX-Target": "pane"})
    page = client.get(url)

    assert fragment.content.decode().strip().startswith('<aside class="pane" id="pane"')
    assert 'id="variables-pane"' in fragment.content.decode()
    assert 'id="variables-pane"' in page.content.decode()
    assert 'id="blocks"' in page.content.decode()


def test_history_lists_who_when_and_why(world, live, signed_in):
    world.version(live, "Two", author="author2")

    page = signed_in(world["viewer"]).get(f"/prompts/{live.path}/-/history/")

    assert re.findall(r'href="/prompts/desk/reply/-/versions/(\d)/">v', page.content.decode()) == [
        "2", "1",
    ]  # fmt: skip
    assert "Says Two Author2" in re.sub(r" A ", " ", texts(page))


@pytest.mark.parametrize("versions", [1, 3])
def test_history_asks_a_constant_number_of_queries(
    world, signed_in, django_assert_num_queries, versions
):
    prompt = world.prompt()
    for number in range(versions):
        world.version(prompt, f"Number {number}")
    client = signed_in(world["author"])

    with django_assert_num_queries(29):
        page = client.get(f"/prompts/{prompt.path}/-/history/")

    assert page.content.decode().count('name="old"') == versions


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ("?view=side&old=1&new=2", "v1, live v2"),
        ("?view=side", "v1, live Draft"),
        ("?view=side&new=1&old=2", "v2 v1, live"),
        ("?view=side&old=&new=nonsense", "an empty text Draft"),
    ],
)
def test_compare_shows_the_two_that_were_asked_for(world, live, signed_in, query, heading):
    world.version(live, "Say goodbye.")

    page = signed_in(world["viewer"]).get(f"/prompts/{live.path}/-/compare/{query}")

    columns = re.search(r'<div class="dcols"[^>]*>(.*?)</div>', page.content.decode(), re.S)
    assert " ".join(re.sub(r"<[^>]+>", " ", columns[1]).split()) == heading


@pytest.mark.parametrize("number", ["7", "99999999999999999999"])
def test_version_that_is_not_there_is_404(world, live, signed_in, number):
    client = signed_in(world["viewer"])

    assert client.get(f"/prompts/{live.path}/-/compare/?old={number}").status_code in (200, 404)
    assert client.get(f"/prompts/{live.path}/-/versions/{number}/").status_code == 404


def test_compare_of_equal_texts_says_so(world, live, signed_in):
    page = signed_in(world["viewer"]).get(f"/prompts/{live.path}/-/compare/?old=1&new=draft")

    assert "v1, live and Draft are the same, word for word." in texts(page)


def test_settings_show_code_for_this_prompt_without_a_key(world, live, signed_in):
    page = signed_in(world["author"]).get(f"/prompts/{live.path}/-/settings/")

    assert "http://testserver/api/v1/prompts/desk/reply" in page.content.decode()
    assert "gly_" not in page.content.decode()


def test_archived_prompt_is_read_only_with_restore(world, live, signed_in):
    archive_prompt(live, still_live=True, actor=world.admin)

    page = signed_in(world.admin).get(f"/prompts/{live.path}/-/settings/")

    assert "This prompt is archived." in texts(page)
    assert "/-/restore/" in page.content.decode()
    assert "/-/change/" not in page.content.decode()


def test_new_prompt_needs_a_name_and_a_namespace(world, signed_in):
    client = signed_in(world["author"])
    page = client.get("/prompts/new/?in=desk")
    assert '<option value="desk" selected>' in page.content.decode()

    made = client.post("/prompts/-/create/", {"name": "Où est ma carte ?", "namespace": "desk"})

    assert (made.status_code, made.url) == (302, "/prompts/desk/ou-est-ma-carte/-/write/")


def test_new_prompt_explains_itself_to_those_who_may_not(world, signed_in):
    page = signed_in(world["viewer"]).get("/prompts/new/")

    assert "You cannot make prompts yet" in texts(page)
    assert "/-/create/" not in page.content.decode()


def test_head_follows_each_save(world, live, signed_in):
    client, url = signed_in(world["author"]), f"/prompts/{live.path}/-/write/"
    headers = {"HX-Request": "true", "HX-Target": "since"}
    before = client.get(url, headers=headers).content.decode()
    edit(live, "Shorter", world["author"])

    after = client.get(url, headers=headers).content.decode()

    assert "Ask for review" not in before
    assert 'id="head-act" hx-swap-oob="true"><a class="btn primary"' in after
    assert "changed since v1" in after
    assert 'id="blocks"' not in after

"""The palette and the search page: everything one may see, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.pages.queries.search import MOST, search
from apps.prompts.actions import (
    change_snippet,
    create_snippet,
    make_version,
    note_visit,
    remove_block,
    retype_block,
    save_block,
)
from apps.prompts.models import Visit
from apps.prompts.queries import draft_of
from apps.teams.actions import add_member as join
from apps.teams.actions import create_namespace, create_team, grant
from tests.pages.test_prompt_pages import texts
from tests.releases.world import edit


@pytest.fixture
def prompt(world):
    return world.prompt()


def first_block(prompt):
    return draft_of(prompt).blocks.get(key=draft_of(prompt).order[0])


def rows(person, typed):
    """{group: labels}"""
    return {group.code: [row.label for row in group.rows] for group in search(person, typed)}


def test_a_prompt_is_found_by_its_name_and_by_the_beginning_of_a_word_in_its_text(world, prompt):
    edit(prompt, "Never promise zanzibarians money.", world["author"])

    assert rows(world["viewer"], "repl")["prompts"] == ["Reply"]
    found = rows(world["viewer"], "zanzi promise")
    assert "prompts" not in found
    assert found["texts"] == ["Instructions of Reply"]


def test_the_hit_is_marked(world, prompt, signed_in):
    edit(prompt, "Never promise <b>zanzibarians</b> money.", world["author"])

    page = signed_in(world["viewer"]).get("/search/?q=zanzi").content.decode()

    assert '<mark class="hit">zanzibarians</mark>' in page
    assert "<b>zanzi" not in page


@pytest.mark.parametrize("typed", ["reply", "zanzi", "money", "desk", "ask reply"])
def test_an_outsider_finds_nothing_of_it_and_a_viewer_does(world, prompt, signed_in, typed):
    edit(prompt, "Never promise zanzibar money.", world["author"])
    live = world.version(prompt, "Never promise zanzibar money, ever.")
    world.put_live(prompt, live, "production")
    seen = str(rows(world["releaser"], typed))
    hidden = signed_in(world["outsider"]).get("/search/", {"q": typed})

    assert "Reply" in seen
    assert "Reply" not in hidden.content.decode()
    assert "zanzibar money" not in hidden.content.decode()


def test_what_is_live_is_found_when_the_draft_says_it_no_more(world, prompt):
    world.put_live(prompt, world.version(prompt, "Mention quetzals."), "production")
    edit(prompt, "Mention birds.", world["author"])

    found = [group for group in search(world["viewer"], "quetz") if group.code == "texts"]

    assert [(row.label, row.note) for row in found[0].rows] == [
        ("Instructions of Reply", "v1, live")
    ]
    assert rows(world["viewer"], "instructions") == {}  # a type is no text


def test_a_part_of_a_word_is_found_when_nothing_begins_like_it(world, prompt):
    edit(prompt, "返金を約束しないでください。", world["author"])

    assert rows(world["viewer"], "約束")["texts"] == ["Instructions of Reply"]


def test_a_deleted_block_is_not_found(world, prompt):
    edit(prompt, "Mention quetzals.", world["author"])
    remove_block(draft_of(prompt).blocks.get(removed_at=None), actor=world["author"])

    assert "texts" not in rows(world["viewer"], "quetzals")


def test_acts_are_those_one_may_do(world, prompt):
    assert "Ask for review: Reply" in rows(world["author"], "ask reply")["acts"]
    assert "acts" not in rows(world["viewer"], "ask reply")
    for number in (1, 2):
        world.put_live(prompt, world.version(prompt, f"Number {number}."), "production")
    label = "Roll back Reply: Production"
    assert label in rows(world["releaser"], "roll back reply")["acts"]
    assert label not in str(rows(world["author"], "roll back reply"))
    assert "New prompt" in rows(world["author"], "new")["acts"]
    assert "acts" not in rows(world["outsider"], "new")
    assert "Admin" in rows(world["admin"], "admin")["acts"]
    assert "acts" not in rows(world["author"], "admin")


def test_people_are_those_of_ones_teams_and_all_for_who_gives_rights(world, prompt):
    team = create_team(name="Desk", purpose="", actor=world["admin"])
    for name in ("author", "viewer"):
        join(team, person=world[name], actor=world["admin"])

    assert rows(world["author"], "viewer")["people"] == ["Viewer"]
    assert "people" not in rows(world["author"], "outsider")
    assert rows(world["admin"], "outsider")["people"] == ["Outsider"]


def test_nothing_typed_shows_what_one_opened_last(world, prompt, signed_in):
    client = signed_in(world["viewer"])
    assert "recent" not in rows(world["viewer"], "")
    client.get(f"/prompts/{prompt.path}/-/write/")

    assert rows(world["viewer"], "")["recent"] == ["Reply"]
    assert "Opened lately" in texts(client.get("/"))
    assert rows(world["author"], "").get("recent") is None


def test_a_visit_is_noted_once_a_minute_and_never_of_what_one_may_not_see(world, prompt, signed_in):
    for _turn in range(3):
        note_visit(prompt, actor=world["viewer"])
    signed_in(world["outsider"]).get(f"/prompts/{prompt.path}/-/write/")

    assert [visit.person for visit in Visit.objects.all()] == [world["viewer"]]


def test_at_most_eight_in_a_group_and_queries_do_not_grow(world, prompt, signed_in):
    client = signed_in(world["author"])

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/?q=hello", headers={"HX-Request": "true"})
        return len(queries)

    count()
    few = count()
    for number in range(MOST + 2):
        world.prompt(f"reply-{number}")

    assert count() <= few
    assert len(rows(world["author"], "reply")["prompts"]) == MOST
    assert len(rows(world["author"], "hello")["texts"]) == MOST


@pytest.mark.parametrize(
    "typed", ["", " ", "'", "a' | 'b", "\\", "%", "<script>", "x" * 5000, "&!:*", "💥", "\u200b"]
)
def test_odd_words_are_only_words(world, prompt, signed_in, typed):
    for headers in ({}, {"HX-Request": "true"}):
        page = signed_in(world["viewer"]).get("/search/", {"q": typed}, headers=headers)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def test_a_namespace_given_away_is_searched_no_more(world, prompt):
    space = create_namespace(world.desk, segment="inner", actor=world["admin"])
    assert "texts" not in rows(world["outsider"], "hello")
    grant(space, to=world["outsider"], role="viewer", actor=world["admin"])
    assert "texts" not in rows(world["outsider"], "hello")
    grant(world.desk, to=world["outsider"], role="viewer", actor=world["admin"])
    assert rows(world["outsider"], "hello")["texts"] == ["Instructions of Reply"]


def test_examples_are_searched_in_drafts_and_in_what_is_live(world, prompt, signed_in):
    block = first_block(prompt)
    retype_block(block, to="examples", actor=world["author"])
    block.refresh_from_db()
    rows_now = [{"input": "Where is my ocelot?", "output": "In the <b>margravate</b>."}]
    save_block(block, revision=block.revision, body="", rows=rows_now, actor=world["author"])

    assert rows(world["viewer"], "ocelo margr")["texts"] == ["Examples of Reply"]
    assert rows(world["viewer"], "ravat")["texts"] == ["Examples of Reply"]  # a part of a word
    assert "texts" not in rows(world["outsider"], "ocelot")
    page = signed_in(world["viewer"]).get("/search/?q=margravate").content.decode()
    assert '<mark class="hit">margravate</mark>' in page
    assert "<b>margravate" not in page

    version = make_version(draft_of(prompt), reason="Examples", actor=world["author"])
    world.put_live(prompt, version, "production")
    block.refresh_from_db()
    save_block(block, revision=block.revision, body="", rows=[], actor=world["author"])
    found = [group for group in search(world["viewer"], "ocelot") if group.code == "texts"]
    assert [row.note for row in found[0].rows] == [f"{version}, live"]


def test_registry_finds_and_shows_words_of_examples(world, prompt, signed_in):
    block = first_block(prompt)
    retype_block(block, to="examples", actor=world["author"])
    block.refresh_from_db()
    pair = [{"input": "Where is my ocelot?", "output": "Here."}]
    save_block(block, revision=block.revision, body="", rows=pair, actor=world["author"])

    page = signed_in(world["viewer"]).get("/prompts/?q=ocelot").content.decode()

    assert '<mark class="hit">ocelot</mark>' in page


def test_a_snippet_is_found_by_what_it_says_now(world, prompt):
    words = {"name": "Signature", "type": "context", "body": "Mention the axolotl."}
    made = create_snippet(world.desk, **words, actor=world["author"])

    found = [group for group in search(world["viewer"], "axolotl") if group.code == "snippets"]
    assert [row.label for row in found[0].rows] == ["Signature"]
    assert "axolotl" in "".join(part.text for part in found[0].rows[0].parts if part.hit)
    assert "snippets" not in rows(world["outsider"], "axolotl")
    change_snippet(made, seen=1, reason="Other", body="Mention nobody.", actor=world["author"])
    assert "snippets" not in rows(world["viewer"], "axolotl")

from __future__ import annotations

import pytest

from apps.prompts.queries import draft_of
from apps.reviews.actions import edit_comment, start_draft_thread
from apps.reviews.mentions import mentionable, people_of, without_access
from apps.teams.actions import add_member, create_team, grant


@pytest.fixture
def draft(world):
    return draft_of(world.prompt())


def said(world, draft, body, who="author"):
    thread = start_draft_thread(draft, block_key=None, body=body, actor=world[who])
    return thread.comments.get()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("@Reviewer please", {"Reviewer"}),
        ("(@reviewer2), and @Viewer.", {"Reviewer2", "Viewer"}),
        ("mail@Reviewer no", set()),
        ("@Nobody", set()),
        ("@Outsider", set()),
        ("@Author it is me", {"Author"}),
    ],
)
def test_names_with_access_are_mentions(world, draft, body, expected):
    comment = said(world, draft, body)

    assert {str(m.person) for m in comment.mentions.all()} == expected


def test_team_is_named_and_its_people_are_told(world, draft):
    team = create_team(name="Legal desk", actor=world.admin)
    add_member(team, person=world["viewer"], actor=world.admin)
    add_member(team, person=world["outsider"], actor=world.admin)
    comment = said(world, draft, "@Legal desk?")
    assert comment.mentions.count() == 0

    grant(draft.prompt.namespace, role="viewer", to=team, actor=world.admin)
    comment = said(world, draft, "@Legal desk?")

    assert comment.mentions.get().team == team
    assert people_of(comment) == {world["viewer"].pk, world["outsider"].pk}


def test_somebody_without_access_is_known_to_who_may_give_it_alone(world, draft):
    told = said(world, draft, "@Outsider look", who="admin")

    assert without_access(told) == [world["outsider"]]
    assert people_of(told) == set()
    assert without_access(said(world, draft, "@Outsider look")) == []


def test_change_of_a_comment_names_more(world, draft):
    comment = said(world, draft, "@Reviewer")

    edit_comment(comment, body="@Viewer", actor=world["author"])

    assert people_of(comment) == {world["reviewer"].pk, world["viewer"].pk}


def test_choices_are_those_with_access_by_any_part_of_their_name(world, draft):
    names = [str(one) for one in mentionable(world["author"], draft.prompt, "re")]

    assert names == ["Releaser", "Reviewer", "Reviewer2"]
    assert "Outsider" not in [str(o) for o in mentionable(world["author"], draft.prompt, "out")]
    assert "Author" not in [str(o) for o in mentionable(world["author"], draft.prompt, "")]

"""Whose a prompt is and where it is: given, renamed, moved, with rights on both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.prompts.actions import create_prompt, give_prompt, make_version, move_prompt
from apps.prompts.models import Prompt, PromptFormerPath
from apps.teams.actions import add_member, create_namespace, create_team, grant
from apps.teams.models import Namespace


@pytest.fixture
def teams(house):
    """Two teams that see support, and one that sees nothing."""
    made = [create_team(name=name, purpose="", actor=house.admin) for name in ("A", "B", "C")]
    for team in made[:2]:
        grant(house.space, role="viewer", to=team, actor=house.admin)
        add_member(team, person=house.viewer, actor=house.admin)
    return made


def moved(house, segment="answer", **more):
    return move_prompt(
        house.prompt,
        **{"namespace": house.space, "segment": segment, "reason": "Clearer", "actor": house.ana}
        | more,
    )


def test_give_prompt_by_who_edits_while_no_team_has_it(house, teams):
    give_prompt(house.prompt, owner=teams[0], actor=house.ana)

    assert Prompt.objects.get().owner == teams[0]
    entry = AuditEntry.objects.get(event="prompts.prompt.given")
    assert (entry.data["owner"], entry.data["former"]) == ("A", "no team")


def test_give_prompt_of_another_team_is_refused_but_to_its_members(house, teams):
    give_prompt(house.prompt, owner=teams[0], actor=house.ana)

    with pytest.raises(NotAllowed):
        give_prompt(house.prompt, owner=teams[1], actor=house.ana)
    add_member(teams[0], person=house.ana, actor=house.admin)
    give_prompt(house.prompt, owner=teams[1], actor=house.ana)

    assert Prompt.objects.get().owner == teams[1]


def test_give_prompt_to_a_team_that_cannot_see_it_is_refused(house, teams):
    with pytest.raises(NotPossible) as refused:
        give_prompt(house.prompt, owner=teams[2], actor=house.admin)
    give_prompt(house.prompt, owner=teams[1], actor=house.admin)

    assert refused.value.code == "team_sees_nothing"
    assert Prompt.objects.get().owner == teams[1]


def test_move_prompt_renames_it_and_keeps_the_old_path(house):
    moved(house)

    fresh, former = Prompt.objects.get(), PromptFormerPath.objects.get()
    assert (fresh.path, former.path, former.prompt) == ("support/answer", "support/reply", fresh)
    assert former.until.date() == (timezone.now() + timedelta(days=90)).date()
    entry = AuditEntry.objects.get(event="prompts.prompt.moved")
    assert (entry.data["former"], entry.data["path"]) == ("support/reply", "support/answer")


def test_move_prompt_to_another_namespace_needs_manage_on_both_sides(house):
    other = Namespace.objects.get(path="other")
    grant(other, role="author", to=house.ben, actor=house.admin)

    with pytest.raises(NotAllowed):
        moved(house, namespace=other, actor=house.ben)
    grant(house.space, role="admin", to=house.ben, actor=house.admin)
    with pytest.raises(NotAllowed):
        moved(house, namespace=other, actor=house.ben)
    grant(other, role="admin", to=house.ben, actor=house.admin)
    moved(house, namespace=other, actor=house.ben)

    assert Prompt.objects.get().path == "other/answer"
    assert AuditEntry.objects.get(event="prompts.prompt.moved").data["namespaces"] == sorted(
        [house.space.pk, other.pk]
    )


def test_former_path_is_taken_by_no_other_prompt_while_it_holds(house):
    moved(house)

    with pytest.raises(Invalid) as refused:
        create_prompt(house.space, segment="reply", name="New", actor=house.ana)
    with pytest.raises(Invalid):
        create_namespace(house.space, segment="reply", actor=house.admin)
    PromptFormerPath.objects.update(until=timezone.now())
    taken = create_prompt(house.space, segment="reply", name="New", actor=house.ana)

    assert list(refused.value.errors) == ["segment"]
    assert taken.path == "support/reply"
    assert PromptFormerPath.objects.count() == 0


def test_former_path_is_guarded_by_the_database(house):
    moved(house)

    with pytest.raises(IntegrityError), transaction.atomic():
        Prompt(namespace=house.space, path="support/reply", name="Beside").save()


def test_move_prompt_back_to_its_own_former_path(house):
    moved(house)
    moved(house, segment="reply")

    assert Prompt.objects.get().path == "support/reply"
    assert [one.path for one in PromptFormerPath.objects.all()] == ["support/answer"]


def test_move_prompt_to_where_it_is_or_to_a_taken_path_is_told(house):
    create_prompt(house.space, segment="taken", name="Taken", actor=house.ana)

    for segment in ("reply", "taken", "Not a path"):
        with pytest.raises(Invalid):
            moved(house, segment=segment)

    assert Prompt.objects.get(pk=house.prompt.pk).path == "support/reply"


def test_page_of_a_former_path_leads_on(house, signed_in):
    moved(house)

    answer = signed_in(house.ana).get("/prompts/support/reply/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/prompts/support/answer/")


@pytest.mark.parametrize("room", ["write", "settings", "history", "versions/1"])
def test_every_page_of_a_former_path_leads_on(house, signed_in, room):
    make_version(house.draft, reason="Clearer", actor=house.ana)
    moved(house)

    answer = signed_in(house.ana).get(f"/prompts/support/reply/-/{room}/?pane=checks")

    there = f"/prompts/support/answer/-/{room}/?pane=checks"
    assert (answer.status_code, answer.headers.get("Location")) == (302, there)


def test_who_writes_while_it_is_renamed_goes_on_saving(house, signed_in):
    block = house.block("instructions")
    moved(house)
    typed = {"body": "Typed before I knew.", "revision": block.revision}

    answer = signed_in(house.ana).post(
        f"/prompts/support/reply/-/blocks/{block.key}/save/", typed, HTTP_ACCEPT="application/json"
    )

    block.refresh_from_db()
    assert (answer.status_code, block.body) == (200, "Typed before I knew.")


def test_former_path_says_nothing_to_who_may_not_see_the_new_one(house, signed_in):
    moved(house)

    answer = signed_in(house.outsider).get("/prompts/support/reply/-/settings/")

    assert answer.status_code == 404


def test_move_form_keeps_what_was_typed(house, signed_in):
    typed = {"namespace": "support", "segment": "Not a path", "reason": "Clearer"}

    answer = signed_in(house.ana).post("/prompts/support/reply/-/move/", typed)

    assert answer.status_code == 422
    assert b'value="Not a path"' in answer.content

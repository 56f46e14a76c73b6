"""What a place asks for before a release: added by one, taken away by two where protected."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.evaluations.actions import (
    add_requirement,
    archive_suite,
    ask_removal,
    confirm_removal,
    keep_requirement,
    make_suite,
)
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.queries import requirement_words, requirements_at
from apps.teams.actions import add_person, create_namespace, grant, revoke
from tests.releases.world import make_world
from tests.standing import standing

NAME = "“Basics staging”"

world = standing(make_world)


def ask(world, place="production", condition="must_pass", share=1.0, namespace=None, suite=None):
    suite = suite or make_suite(world.desk, name=f"Basics {place}", actor=world["author"])
    return add_requirement(
        world.places[place], namespace=namespace or world.desk, suite=suite, condition=condition,
        share=share, actor=world.admin,
    )  # fmt: skip


def second(world):
    """Another person who manages the desk."""
    found = add_person(email="second@test.example", name="Second", actor=world.admin)
    grant(world.desk, role="admin", to=found, actor=world.admin)
    return found


def holding(world, place="production", namespace=None):
    return list(requirements_at(world.places[place], namespace or world.desk))


def test_requirement_holds_below_and_not_beside(world):
    below = create_namespace(world.desk, segment="refunds", actor=world.admin)
    beside = create_namespace(world.desk.parent, segment="other", actor=world.admin)

    made = ask(world)

    assert holding(world, namespace=below) == [made]
    assert holding(world, namespace=beside) == []
    assert holding(world, place="staging") == []


@pytest.mark.parametrize("who", ["author", "reviewer", "releaser", "viewer"])
def test_only_who_manages_the_place_asks_for_a_suite(world, who):
    suite = make_suite(world.desk, name="Basics", actor=world["author"])
    place, given = world.places["staging"], {"condition": "must_pass", "share": 1.0}

    with pytest.raises(NotAllowed):
        add_requirement(place, namespace=world.desk, suite=suite, **given, actor=world[who])

    made = add_requirement(place, namespace=world.desk, suite=suite, **given, actor=world.admin)
    assert holding(world, place="staging") == [made]


def test_a_suite_that_does_not_serve_the_whole_place_is_not_asked_for(world):
    below = create_namespace(world.desk, segment="refunds", actor=world.admin)
    narrow = make_suite(below, name="Refunds", actor=world["author"])

    with pytest.raises(NotPossible) as refused:
        ask(world, suite=narrow)

    assert refused.value.code == "serves_others"
    assert ask(world, suite=narrow, namespace=below).suite == narrow


def test_the_same_suite_is_asked_for_once(world):
    made = ask(world)

    with pytest.raises(Invalid):
        ask(world, suite=made.suite)

    assert holding(world) == [made]


def test_t5_a_protected_place_asks_until_a_second_person_agrees(world):
    made = ask(world)

    leaving = ask_removal(made, reason="It is slow", actor=world.admin)
    with pytest.raises(NotAllowed) as alone:
        confirm_removal(leaving, actor=world.admin)
    still = holding(world)
    other = second(world)
    confirm_removal(leaving, actor=other)

    assert alone.value.code == "second_person"
    assert still == [made]
    assert holding(world) == []


def test_an_unprotected_place_stops_asking_at_once(world):
    made = ask(world, place="staging")

    ask_removal(made, reason="It is slow", actor=world.admin)

    assert holding(world, place="staging") == []


def test_a_removal_without_a_reason_is_refused(world):
    with pytest.raises(Invalid):
        ask_removal(ask(world), reason=" ", actor=world.admin)


def test_a_removal_can_be_called_off(world):
    made = ask_removal(ask(world), reason="It is slow", actor=world.admin)

    keep_requirement(made, actor=world.admin)

    with pytest.raises(NotPossible):
        confirm_removal(made, actor=second(world))
    assert [one.state for one in holding(world)] == ["active"]


def test_who_asked_and_lost_the_right_since_takes_nothing_away(world):
    other = second(world)
    made = ask_removal(ask(world), reason="It is slow", actor=other)
    revoke(world.desk, role="admin", to=other, actor=world.admin)

    with pytest.raises(NotPossible) as refused:
        confirm_removal(made, actor=world.admin)

    assert refused.value.code == "asker_left"
    assert holding(world) == [made]


def test_a_suite_that_is_asked_for_is_not_archived(world):
    made = ask(world, place="staging")

    with pytest.raises(NotPossible) as refused:
        archive_suite(made.suite, actor=world["author"])

    assert refused.value.code == "suite_required"
    ask_removal(made, reason="It is slow", actor=world.admin)
    assert archive_suite(made.suite, actor=world["author"]).is_archived


@pytest.mark.parametrize(
    ("condition", "share", "words"),
    [
        ("must_pass", 1, "All cases of “Basics staging” pass."),
        ("must_pass", 0.95, "At least 95 % of the cases of “Basics staging” pass."),
        ("not_worse", 0, f"{NAME} passes no fewer cases than with what is live."),
        (
            "not_worse",
            0.02,
            "“Basics staging” passes at most 2 points less than with what is live.",
        ),
    ],
)
def test_requirement_is_one_sentence(world, condition, share, words):
    made = ask(world, place="staging", condition=condition, share=share)

    assert requirement_words(made) == words


def test_the_database_itself_asks_for_two_people(world):
    made = ask(world)
    row = SuiteRequirement.objects.filter(pk=made.pk)

    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        row.update(state="removed", asked_by=world.admin, removed_by=world.admin)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        row.update(share=0)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evaluations_suiterequirement")

    ask_removal(made, reason="It is slow", actor=world.admin)
    assert confirm_removal(made, actor=second(world)).state == "removed"

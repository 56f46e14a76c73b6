"""T4: an approval that is older than the rule says does not count, for anybody, by any path."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit.trail import record
from apps.core.clock import database_now
from apps.core.errors import NotPossible
from apps.environments.actions import change_rule
from apps.environments.models import Release, Rule
from apps.environments.queries import live_release, terms_of
from apps.releases.actions import roll_back
from apps.releases.events import MADE
from apps.releases.gates import gates
from apps.reviews.models import Decision, Review
from apps.reviews.queries import current_round, waiting_for
from apps.reviews.states import DecisionKind, ReviewState
from tests.releases.world import World, approve, make_world, shown, standing

ALMOST, OVER = dt.timedelta(days=13, hours=23), dt.timedelta(days=14, minutes=1)


def approved_ago(world: World, review: Review, age: dt.timedelta) -> None:
    """What an approval of that time has left: the same rows, with their time."""
    number = current_round(review)
    with transaction.atomic():
        Decision.objects.create(
            round=number, person=world["reviewer"], kind=DecisionKind.APPROVE, **shown(review),
            made_at=database_now() - age,
        )  # fmt: skip
        Review.objects.filter(pk=review.pk).update(state=ReviewState.APPROVED)
        record("reviews.review.approved", actor=world["reviewer"], target=review.prompt)


@pytest.mark.parametrize("days", [14, 1, 2])
@pytest.mark.parametrize("over", [False, True])
def test_t04_old_approval_does_not_count_and_the_gate_says_so(world, days, over):
    Rule.objects.update(approval_days=days)
    prompt = world.prompt()
    version = world.version(prompt, "One")
    review = world.review(prompt, version, "production")
    age = dt.timedelta(days=days) + dt.timedelta(minutes=1 if over else -1)
    approved_ago(world, review, age)
    before = standing()

    if not over:
        world.release(prompt, version, "production")
        assert world.live(prompt, "production") == 1
        return
    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "production")

    after = standing()
    assert refused.value.code == "gate_closed"
    assert (after.pointers, after.denied - before.denied) == (before.pointers, 1)
    gate = gates(version, world.places["production"])[0]
    assert gate.sentence == "One approval is missing"
    assert f"What Reviewer approved is older than {days} days" in gate.detail


def test_t04_old_approval_is_asked_for_again_and_then_counts(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    review = world.review(prompt, version, "production")
    approved_ago(world, review, OVER)
    review.refresh_from_db()
    assert [found.pk for found in waiting_for(world["reviewer2"])] == [review.pk]
    assert waiting_for(world["reviewer"]) == []  # decided this round already

    again = world.review(prompt, version, "production")
    approve(again, world["reviewer"])
    world.release(prompt, version, "production")

    assert world.live(prompt, "production") == 1


def test_fresh_approval_is_not_asked_for_again(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    approved_ago(world, world.review(prompt, version, "production"), ALMOST)

    with pytest.raises(NotPossible) as refused:
        world.review(prompt, version, "production")

    assert refused.value.code == "under_review"


@pytest.mark.parametrize("age", [ALMOST, OVER])
def test_t04_database_counts_no_old_approval_either(own_database, age):
    world = make_world()
    prompt = world.prompt()
    version = world.version(prompt, "One")
    approved_ago(world, world.review(prompt, version, "production"), age)

    with transaction.atomic(), connection.cursor() as cursor:
        made = _release_by_hand(cursor, prompt, version, world)

    assert made == ("" if age == ALMOST else "approvals are missing")


def _release_by_hand(cursor, prompt, version, world) -> str:
    """ "" or the database's sentence."""
    try:
        with transaction.atomic():
            release = Release.objects.create(
                prompt=prompt, environment=world.places["production"], version=version,
                revision=1, how="publish", approvals_needed=1, made_by_kind="person",
            )  # fmt: skip
            cursor.execute(
                "INSERT INTO environments_deployment (prompt_id, environment_id, release_id,"
                " revision) VALUES (%s, %s, %s, 1)",
                [prompt.pk, world.places["production"].pk, release.pk],
            )
            record(MADE, actor=world["releaser"], target=prompt)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def back(world, prompt):
    place = world.places["production"]
    return roll_back(
        prompt, environment=place, version=prompt.versions.get(number=1),
        expects=live_release(prompt, place).pk, reason="Rude", actor=world["releaser"],
    )  # fmt: skip


@pytest.mark.parametrize("asks", [False, True])
def test_t04_roll_back_needs_the_approvals_where_the_rule_says_so(own_database, asks):
    world = make_world()
    prompt = world.prompt()
    for number in (1, 2):
        world.put_live(prompt, world.version(prompt, f"Words {number}"), "production")
    rule = world.places["production"].rules.get()
    terms = replace(terms_of(rule), roll_back_approved=asks)
    change_rule(rule, terms=terms, reason="x", actor=world.admin)

    if not asks:
        back(world, prompt)
        assert world.live(prompt, "production") == 1
        return
    with pytest.raises(NotPossible) as refused:
        back(world, prompt)
    assert refused.value.code == "gate_closed"
    world.approved(prompt, prompt.versions.get(number=1), "production")
    release = back(world, prompt)

    assert (world.live(prompt, "production"), release.approvals_needed) == (1, 1)


def test_database_keeps_a_roll_back_to_what_its_rule_asks(own_database):
    world = make_world()
    prompt = world.prompt()
    for number in (1, 2):
        world.put_live(prompt, world.version(prompt, f"Words {number}"), "production")
    rule = world.places["production"].rules.get()
    terms = replace(terms_of(rule), roll_back_approved=True)
    change_rule(rule, terms=terms, reason="x", actor=world.admin)
    live = live_release(prompt, world.places["production"])

    with (
        pytest.raises(DatabaseError, match="does not name the approvals"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO environments_release (prompt_id, environment_id, version_id, replaced_id,"
            " revision, how, reason, approvals_needed, made_by_kind) SELECT prompt_id,"
            " environment_id, version_id, %s, 3, 'roll_back', 'x', 0, 'person'"
            " FROM environments_release WHERE revision = 1 AND environment_id = %s RETURNING id",
            [live.pk, live.environment_id],
        )
        cursor.execute(
            "UPDATE environments_deployment SET release_id = %s, revision = 3"
            " WHERE prompt_id = %s AND environment_id = %s",
            [cursor.fetchone()[0], prompt.pk, live.environment_id],
        )

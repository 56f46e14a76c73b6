"""T23: no act without its entry, no entry without its act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from apps.audit import trail
from apps.audit.models import AuditEntry
from apps.audit.queries import walk_chain
from apps.core.errors import NotAllowed
from apps.environments.actions import change_rule
from apps.environments.models import Deployment, Environment, Release, Rule
from apps.environments.queries import terms_of
from apps.prompts.models import Prompt, Version
from apps.releases.actions import release_approved, roll_back
from apps.reviews.actions import approve_review, request_changes, request_review, withdraw_review
from apps.reviews.models import Decision, Review, Round
from tests.releases.world import World, approve, make_world, shown
from tests.standing import begins_with, standing, standing_alone

TABLES = (Release, Deployment, Review, Round, Decision, Version, AuditEntry)


class Broken(Exception):
    """The trail cannot be written."""


@dataclass
class Scene:
    prompt: Prompt  # v1 was live in production, v2 is
    first: Version
    third: Version  # never released
    later: Release  # of v2
    review: Review  # of another prompt, for staging
    ready: Review  # of a third one, for production; it releases itself when approved


@begins_with(make_world)
def make_scene(world: World) -> Scene:
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    live = world.put_live(prompt, first, "production")
    later = world.put_live(prompt, second, "production")
    third = world.version(prompt, "Three")
    waiting = world.prompt("waiting")
    review = world.review(waiting, world.version(waiting, "One"), "staging")
    ready = world.prompt("ready")
    asked = world.review(
        ready, world.version(ready, "One"), "production", release_when_approved=True
    )
    assert live.pk != later.pk
    return Scene(prompt, first, third, later, review, asked)


scene = standing(make_scene)


@pytest.fixture
def acts(world: World, scene: Scene) -> dict[str, Callable[[], Any]]:
    prompt, review, first, third = scene.prompt, scene.review, scene.first, scene.third
    approve(scene.ready, world["reviewer"])  # in this transaction: nothing released it yet
    scene.ready.refresh_from_db()
    seen = shown(review)
    rule = Rule.objects.get(environment__name="staging")
    return {
        "request": lambda: request_review(
            prompt, environment=world.places["production"], version=third, reason="Why",
            actor=world["author"],
        ),
        "approve": lambda: approve_review(review, **seen, actor=world["reviewer"]),
        "changes": lambda: request_changes(
            review, content_hash=seen["content_hash"], reason="No", actor=world["reviewer"]
        ),
        "withdraw": lambda: withdraw_review(review, actor=world["author"]),
        "release": lambda: world.release(prompt, third, "development"),
        "release when approved": lambda: release_approved(scene.ready),
        "roll back": lambda: roll_back(
            prompt, environment=world.places["production"], version=first, expects=scene.later.pk,
            reason="Why", actor=world["releaser"],
        ),
        "rule": lambda: change_rule(
            rule, terms=terms_of(rule), reason="Why", actor=world.admin
        ),
    }  # fmt: skip


ACTS = (
    "request", "approve", "changes", "withdraw", "release", "release when approved", "roll back",
    "rule",
)  # fmt: skip


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def pointers() -> list[Any]:
    reviews = Review.objects.order_by("pk").values_list("pk", "state", "release")
    return [*Deployment.objects.order_by("pk").values_list("release", "revision"), *reviews]


@pytest.mark.parametrize("act", ACTS)
def test_t23_an_act_whose_entry_fails_does_not_happen(acts, act, monkeypatch):
    before, where = counts(), pointers()

    with monkeypatch.context() as broken:
        broken.setattr(trail.AuditEntry.objects, "create", _break)
        with pytest.raises(Broken), transaction.atomic():
            acts[act]()

    assert (counts(), pointers()) == (before, where)
    acts[act]()
    assert counts()["AuditEntry"] > before["AuditEntry"]


world_alone = standing_alone(make_world)


def _break(**_fields: Any) -> None:
    raise Broken


def test_t23_a_refusal_stands_although_it_cannot_be_written_down(world, monkeypatch, caplog):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    monkeypatch.setattr(trail.AuditEntry.objects, "create", _break)

    with pytest.raises(NotAllowed):
        world.release(prompt, version, "production", by="author")

    assert "a refusal could not be recorded" in caplog.text


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO reviews_round (review_id, number, version_id, reason, summary,"
        " requested_by_id) SELECT review_id, number + 1, version_id, '', '', requested_by_id"
        " FROM reviews_round LIMIT 1",
        "INSERT INTO reviews_decision (round_id, person_id, kind, reason, content_hash,"
        " live_revision) SELECT r.id, r.requested_by_id, 'approve', '', v.content_hash, 0"
        " FROM reviews_round r JOIN prompts_version v ON v.id = r.version_id LIMIT 1",
    ],
)
def test_t23_the_database_refuses_a_governed_row_without_an_entry(world_alone, sql):
    prompt = world_alone.prompt()
    world_alone.review(prompt, world_alone.version(prompt, "One"), "production")

    with (
        pytest.raises(DatabaseError, match="has no audit entry in its transaction"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)
        trail.record("reviews.review.withdrawn", actor=world_alone["author"], target=prompt)


def test_t23_every_release_has_exactly_one_entry_and_pointers_follow_from_the_trail(world):
    """Rebuild what is live from the trail alone."""
    for segment in ("a", "b"):
        prompt = world.prompt(segment)
        first, second = world.version(prompt, "One"), world.version(prompt, "Two")
        world.put_live(prompt, first, "production")
        last = world.put_live(prompt, second, "production")
        if segment == "a":
            roll_back(
                prompt, environment=world.places["production"], version=first, expects=last.pk,
                reason="Why", actor=world["releaser"],
            )  # fmt: skip
    entries = AuditEntry.objects.filter(event__startswith="releases.release.", outcome="done")

    rebuilt = {}
    for entry in entries.order_by("seq"):
        place = Environment.objects.get(name=entry.environment)
        rebuilt[int(entry.target_id), place.pk] = (entry.data["release"], entry.data["revision"])

    rows = Deployment.objects.values_list("prompt", "environment", "release", "revision")
    assert rebuilt == {(prompt, place): (release, n) for prompt, place, release, n in rows}
    assert sorted(entry.data["release"] for entry in entries) == sorted(
        Release.objects.values_list("pk", flat=True)
    )
    assert walk_chain().broken is None

"""The database's own guards, tried past the application: as the run-time role and as the owner of
the tables. Each refusal has a twin that passes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from apps.audit.trail import record
from apps.environments.models import Environment
from apps.prompts.models import Prompt, Version
from apps.releases.events import MADE
from apps.releases.queries import live_release
from tests.releases.world import World, make_world, standing
from tests.standing import standing_alone

ROLES = ("default", "owner")  # the run-time role; the owner of the tables


@dataclass
class Scene:
    """v1 is live in production; v2 is approved there; v3 is not."""

    world: World
    prompt: Prompt
    versions: list[Version]
    place: Environment


def make_scene() -> Scene:
    world = make_world()
    prompt = world.prompt()
    versions = [world.version(prompt, f"Words {number}") for number in (1, 2)]
    world.put_live(prompt, versions[0], "production")
    world.approved(prompt, versions[1], "production")
    versions.append(world.version(prompt, "Words 3"))
    return Scene(world, prompt, versions, world.places["production"])


scene = standing_alone(make_scene)


def run(role: str, sql: str, *values: Any) -> None:
    with connections[role].cursor() as cursor:
        cursor.execute(sql, values)


def refused(role: str, sql: str, *values: Any) -> str:
    """The database's sentence for a statement that it refuses; "" when it took it."""
    try:
        with transaction.atomic(using=role):
            run(role, sql, *values)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


APPEND_ONLY = ("environments_release", "reviews_round", "reviews_decision")
STATEMENTS = {
    "update": "UPDATE {} SET id = id",
    "delete": "DELETE FROM {}",
    "truncate": "TRUNCATE {} CASCADE",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_append_only_rows_stay_as_they_are(scene, table, statement):
    sql = STATEMENTS[statement].format(table)

    assert refused("default", sql) == f"permission denied for table {table}"
    said = refused("owner", sql)
    assert said.endswith(f"is append-only: {statement.upper()} is refused"), said
    run("default", f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("role", ROLES)
def test_the_pointer_is_never_removed(scene, role):
    assert refused(role, "DELETE FROM environments_deployment") == (
        "environments_deployment is append-only: DELETE is refused"
    )
    assert refused(role, "TRUNCATE environments_deployment") != ""


def go_live(
    scene: Scene, version: Version, role: str = "default", audited: bool = True, **fields: Any
) -> None:
    """What the action writes, by hand: a release and the pointer, with its entry in the trail."""
    before = live_release(scene.prompt, scene.place)
    row = {
        "prompt_id": scene.prompt.pk,
        "environment_id": scene.place.pk,
        "version_id": version.pk,
        "replaced_id": before.pk,
        "revision": before.revision + 1,
        "how": "publish",
        "reason": "",
        "approvals_needed": 1,
        "made_by_kind": "person",
    } | fields
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction.atomic(using=role):
        with connections[role].cursor() as cursor:
            cursor.execute(
                f"INSERT INTO environments_release ({names}) VALUES ({marks}) RETURNING id",
                list(row.values()),
            )
            release = cursor.fetchone()[0]
            cursor.execute(
                "UPDATE environments_deployment SET release_id = %s, revision = %s"
                " WHERE prompt_id = %s AND environment_id = %s",
                [release, row["revision"], scene.prompt.pk, scene.place.pk],
            )
        if audited and role == "default":
            record(MADE, actor=scene.world["releaser"], target=scene.prompt)


def sentence(scene: Scene, version: Version, **fields: Any) -> str:
    try:
        go_live(scene, version, **fields)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def test_the_pointer_moves_to_what_was_approved_and_to_nothing_else(scene):
    _first, approved, other = scene.versions
    before = standing()

    assert sentence(scene, other) == "approvals are missing"
    assert standing() == before
    assert sentence(scene, approved) == ""
    assert scene.world.live(scene.prompt, "production") == 2


def test_the_owner_of_the_tables_passes_the_same_guard(scene):
    _first, approved, other = scene.versions

    assert sentence(scene, other, role="owner") == "approvals are missing"
    assert sentence(scene, approved, role="owner") == (
        "a change of environments_release has no audit entry in its transaction"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"revision": 7}, "the release does not follow what is live"),
        ({"revision": 1}, None),  # the number is taken
        ({"replaced_id": None}, "the release does not follow what is live"),
        (
            {"approvals_needed": 0},
            "the release does not name the approvals that its rule asks for",
        ),
        ({"how": "roll_back", "approvals_needed": 0}, "this version was never live here"),
    ],
)
def test_a_release_that_says_something_else_is_refused(scene, fields, said):
    approved = scene.versions[1]

    found = sentence(scene, approved, **fields)

    assert found == said if said else found.startswith("duplicate key")
    assert sentence(scene, approved) == ""


def test_a_roll_back_needs_no_approval_but_a_version_that_was_live(scene):
    first, approved, other = scene.versions
    go_live(scene, approved)
    back = {"how": "roll_back", "approvals_needed": 0}

    assert sentence(scene, other, **back) == "this version was never live here"
    assert sentence(scene, first, **back) == ""
    assert scene.world.live(scene.prompt, "production") == 1


def test_a_release_that_never_went_live_is_refused_at_the_end(scene):
    """Otherwise it could be "rolled back" to."""
    insert = (
        "INSERT INTO environments_release (prompt_id, environment_id, version_id, revision, how,"
        " reason, approvals_needed, made_by_kind) VALUES (%s, %s, %s, 999, 'publish', '', 1, 'x')"
    )
    values = [scene.prompt.pk, scene.place.pk, scene.versions[2].pk]

    with (
        pytest.raises(DatabaseError, match="a release that never went live"),
        transaction.atomic(),
    ):
        run("default", insert, *values)
        record(MADE, actor=scene.world["releaser"], target=scene.prompt)


@pytest.mark.parametrize("role", ROLES)
def test_a_deployment_stays_in_its_place(scene, role):
    other = scene.world.places["staging"]

    said = refused(
        role,
        "UPDATE environments_deployment SET environment_id = %s WHERE environment_id = %s",
        other.pk, scene.place.pk,
    )  # fmt: skip

    assert said == "a deployment stays in its place"


def test_a_release_of_another_prompts_version_is_refused(scene):
    prompt = scene.world.prompt("other")
    foreign = scene.world.version(prompt, "Foreign words")

    assert sentence(scene, foreign) == "the release is of another prompt or environment"


def test_an_approval_of_a_writer_does_not_count_in_the_database_either(scene):
    """Even a decision that was written past the application."""
    other = scene.versions[2]
    review = scene.world.review(scene.prompt, other, "production")
    insert = (
        "INSERT INTO reviews_decision (round_id, person_id, kind, reason, content_hash,"
        " live_revision) SELECT id, %s, 'approve', '', %s, 1 FROM reviews_round"
        " WHERE review_id = %s ORDER BY number DESC LIMIT 1"
    )

    def decide(name: str) -> None:
        with transaction.atomic():
            run("default", insert, scene.world[name].pk, other.content_hash, review.pk)
            record(MADE, actor=scene.world[name], target=scene.prompt)

    decide("author")
    assert sentence(scene, other) == "approvals are missing"
    decide("reviewer")
    assert sentence(scene, other) == ""


@pytest.mark.parametrize("role", ROLES)
def test_a_decision_is_about_the_text_of_its_round(scene, role):
    insert = (
        "INSERT INTO reviews_decision (round_id, person_id, kind, reason, content_hash,"
        " live_revision) SELECT max(id), %s, 'approve', '', 'sha256:other', 1 FROM reviews_round"
    )

    said = refused(role, insert, scene.world["reviewer2"].pk)

    assert said == "a decision is about the text of its round"


def test_a_decision_in_an_older_round_is_refused(scene):
    review = scene.world.review(scene.prompt, scene.versions[2], "production")
    insert = (
        "INSERT INTO reviews_decision (round_id, person_id, kind, reason, content_hash,"
        " live_revision) SELECT r.id, %s, 'approve', '', v.content_hash, 1 FROM reviews_round r"
        " JOIN prompts_version v ON v.id = r.version_id WHERE r.review_id = %s AND r.number = %s"
    )

    old = refused("default", insert, scene.world["reviewer2"].pk, review.pk, 1)
    now = refused("default", insert, scene.world["reviewer2"].pk, review.pk, 2)

    assert old == "this round is over"
    assert now == "a change of reviews_decision has no audit entry in its transaction"


def test_a_round_is_about_a_version_of_its_prompt(scene):
    prompt = scene.world.prompt("other")
    foreign = scene.world.version(prompt, "Foreign words")
    insert = (
        "INSERT INTO reviews_round (review_id, number, version_id, reason, requested_by_id)"
        " SELECT max(id), 9, %s, '', %s FROM reviews_review"
    )

    said = refused("default", insert, foreign.pk, scene.world["author"].pk)

    assert said == "a round is about a version of its review's prompt"


def split(*arms: tuple[str, int, int], salt: str = "salt") -> str:
    rows = [{"arm": name, "version": number, "weight": weight} for name, number, weight in arms]
    return json.dumps({"id": "one", "salt": salt, "unit": "unit", "arms": rows})


NOT_BETWEEN = "a split is between what is live and what is released"
NOT_WHOLE = "the shares of a split make 100 percent"


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (split(("a", 3, 90), ("b", 2, 10)), NOT_BETWEEN),  # v3 was never approved
        (split(("a", 1, 90), ("b", 3, 10)), NOT_BETWEEN),
        (split(("a", 1, 90), ("b", 2, 5), ("c", 3, 5)), NOT_BETWEEN),
        (split(("a", 1, 90), ("b", 2, 20)), NOT_WHOLE),
        (split(("a", 1, 110), ("b", 2, -10)), NOT_WHOLE),
        ('{"arms": []}', NOT_WHOLE),
        ("{}", NOT_WHOLE),
    ],
)
def test_a_split_serves_nothing_but_what_is_live_and_what_was_approved(scene, shares, said):
    approved = scene.versions[1]

    assert sentence(scene, approved, split=shares) == said
    assert sentence(scene, approved, split=split(("a", 1, 90), ("b", 2, 10))) == ""


def test_a_step_changes_the_shares_of_a_running_split_alone(scene):
    said = "a step changes the shares of a running split, and nothing else"
    _first, approved, other = scene.versions
    step = {"how": "step", "approvals_needed": 0}
    more = split(("a", 1, 75), ("b", 2, 25))

    assert sentence(scene, approved, split=more, **step) == said  # none runs
    go_live(scene, approved, split=split(("a", 1, 90), ("b", 2, 10)))
    assert sentence(scene, other, **step) == said
    assert sentence(scene, approved, split=split(("a", 3, 75), ("b", 2, 25)), **step) == said
    salted = split(("a", 1, 75), ("b", 2, 25), salt="x")
    assert sentence(scene, approved, split=salted, **step) == said
    assert sentence(scene, approved, split=more, **step) == ""
    assert sentence(scene, approved, **step) == ""
    assert sentence(scene, approved, **step) == said  # it ended

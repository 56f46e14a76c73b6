"""T9, T2: a key does only what its kind, its namespaces, its environment and its owner allow."""

from __future__ import annotations

from itertools import product

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.core.errors import NotAllowed, NotPossible, NotVisible
from apps.environments.actions import create_key, revoke_key
from apps.environments.key_actor import KeyActor
from apps.environments.key_queries import acting_key
from apps.environments.models import ApiKey
from apps.prompts.actions import make_version
from apps.prompts.models import VersionContributor
from apps.prompts.queries import draft_of, visible_prompts
from apps.releases.actions import release_version
from apps.reviews.actions import approve_review, request_review
from apps.teams.actions import create_namespace, deactivate_person, grant, revoke
from apps.teams.models import Capability
from tests.releases.world import approve, edit, shown

ALL = ("view", "comment", "edit", "review", "release", "publish")
PLACES = ("development", "staging", "production")
MAY = {
    "read": set(),
    "write": {"view", "edit"},
    "release": {"view", "release", "publish"},
}


def owner_of_everything(world, name="author"):
    if not world[name].holds("publish", world.desk):
        grant(world.desk, capabilities=ALL, to=world[name], actor=world.admin)
    return world[name]


def key_of(world, kind, place="production", owner=None, namespaces=None):
    made, _text = create_key(
        world.places[place], name="Robot", kind=kind, namespaces=namespaces or [world.desk],
        owner=owner or owner_of_everything(world), actor=world.admin,
    )  # fmt: skip
    return made


def acting(key):
    found = acting_key(key.pk)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", MAY)
def test_t09_key_holds_what_its_kind_may_and_nothing_else(world, kind):
    actor = KeyActor(key_of(world, kind))

    held = {one for one in Capability.values if actor.holds(one, world.desk)}

    assert held == MAY[kind]


@pytest.mark.parametrize(("own", "other"), list(product(PLACES, repeat=2)))
def test_t09_key_acts_in_its_own_environment_alone(world, own, other):
    actor = acting(key_of(world, "release", own))

    held = actor.holds("release", world.desk, world.places[other])

    assert held == (own == other)
    assert actor.holds("view", world.desk, world.places[other])


def test_t09_key_reaches_its_namespaces_and_what_lies_below(world):
    below = create_namespace(world.desk, segment="refunds", purpose="", actor=world.admin)
    beside = create_namespace(world.desk.parent, segment="beside", purpose="", actor=world.admin)
    owner = owner_of_everything(world)
    grant(beside, role="author", to=owner, actor=world.admin)
    wide, narrow = (
        acting(key_of(world, "write", namespaces=[place])) for place in (world.desk, below)
    )

    reach = [
        [actor.holds("edit", place) for place in (world.desk, below, beside)]
        for actor in (wide, narrow)
    ]

    assert reach == [[True, True, False], [False, True, False]]
    assert wide.narrowed("edit", lambda who, what: [world.desk.pk, beside.pk]) == [world.desk.pk]
    assert narrow.narrowed("edit", lambda who, what: [world.desk.pk]) == [below.pk]


def test_t09_lists_hold_only_what_lies_inside_the_key(world):
    world.prompt("reply")
    below = create_namespace(world.desk, segment="refunds", purpose="", actor=world.admin)
    narrow = acting(key_of(world, "write", namespaces=[below]))
    wide = acting(key_of(world, "write"))

    seen = [[p.path for p in visible_prompts(actor)] for actor in (wide, narrow)]

    assert seen == [["desk/reply"], []]


def test_key_does_never_more_than_its_owner_may_now(world):
    actor = acting(key_of(world, "write"))
    before = actor.holds("edit", world.desk)

    revoke(world.desk, capabilities=ALL, to=world["author"], actor=world.admin)

    assert (before, actor.holds("edit", world.desk)) == (True, False)


@pytest.mark.parametrize("how", ["owner left", "revoked", "expired"])
def test_dead_key_does_not_act(world, how):
    key = key_of(world, "write")
    alive = acting_key(key.pk)

    if how == "owner left":
        deactivate_person(world["author"], reason="Gone", actor=world.admin)
    elif how == "revoked":
        revoke_key(key, reason="Lost", actor=world.admin)
    else:
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now())

    assert alive is not None
    assert acting_key(key.pk) is None


def test_key_needs_an_owner_who_could_do_it(world):
    from apps.core.errors import Invalid

    with pytest.raises(Invalid) as refused:
        key_of(world, "write", owner=world["viewer"])

    assert list(refused.value.errors) == ["owner"]
    assert key_of(world, "read", owner=world["viewer"]).pk


def test_t02_what_a_key_edits_counts_as_its_owners_and_its_makers(world):
    """The owner may not approve it, nor whoever made the key and saw its secret."""
    prompt = world.prompt(author="author2")
    first = make_version(draft_of(prompt), reason="First", actor=world["author2"])
    world.put_live(prompt, first, "production")
    grant(world.desk, role="reviewer", to=world.admin, actor=world.admin)
    robot = acting(key_of(world, "write"))
    edit(prompt, "Words of a robot.", robot)
    made = make_version(draft_of(prompt), reason="By key", actor=robot)

    review = request_review(
        prompt, environment=world.places["production"], version=made, reason="Please", actor=robot
    )

    people = VersionContributor.objects.filter(version=made).values_list("person_id", flat=True)
    assert set(people) == {world["author"].pk, world.admin.pk}
    assert (made.author, review.requested_by) == (world["author"], world["author"])
    for own in ("author", "admin"):
        with pytest.raises(NotAllowed) as refused:
            approve(review, world[own])
        assert refused.value.code == "own_edit"
    approve(review, world["reviewer"])
    review.refresh_from_db()
    assert review.state == "approved"


def test_trail_names_the_key_and_whom_it_acted_for(world):
    robot = acting(key_of(world, "write"))
    prompt = world.prompt(author="author2")

    made = make_version(draft_of(prompt), reason="By key", actor=robot)

    entry = AuditEntry.objects.get(event="prompts.version.made", target_id=str(made.pk))
    assert (entry.actor_kind, entry.actor_id) == ("key", robot.audit_id)
    assert entry.on_behalf == [f"person:{world['author'].pk}"]


def test_write_key_cannot_release_and_no_key_can_approve(world):
    prompt = world.prompt(author="author2")
    made = make_version(draft_of(prompt), reason="One", actor=world["author2"])
    review = world.approved(prompt, made, "production", by="reviewer")
    write, release = (acting(key_of(world, kind)) for kind in ("write", "release"))

    def go(actor):
        return release_version(
            prompt, version=made, environment=world.places["production"], expects=None,
            reason="Go", actor=actor,
        )  # fmt: skip

    for actor in (write, release):
        with pytest.raises(NotAllowed):
            approve_review(review, **shown(review), reason="", actor=actor)
    with pytest.raises(NotAllowed) as refused:
        go(write)
    assert refused.value.code == "out_of_scope"
    assert "releases nothing" in str(refused.value)
    with pytest.raises((NotAllowed, NotPossible)):
        go(release)  # the way leads through staging, where this key does not work
    stage = acting(key_of(world, "release", "staging"))
    staged = release_version(
        prompt, version=made, environment=world.places["staging"], expects=None, actor=stage
    )
    assert (staged.made_by_kind, staged.made_by) == ("key", world["author"])
    assert go(release).version == made


def test_review_is_asked_only_for_the_environment_of_the_key(world):
    prompt = world.prompt(author="author2")
    made = make_version(draft_of(prompt), reason="One", actor=world["author2"])
    robot = acting(key_of(world, "write", "staging"))

    with pytest.raises(NotAllowed) as refused:
        request_review(
            prompt, environment=world.places["production"], version=made, reason="Why", actor=robot
        )

    assert "staging" in str(refused.value).lower()
    assert request_review(
        prompt, environment=world.places["staging"], version=made, reason="Why", actor=robot
    ).pk


def test_key_sees_nothing_of_a_namespace_that_its_owner_may_not_see(world):
    actor = KeyActor(key_of(world, "write"))
    revoke(world.desk, capabilities=ALL, to=world["author"], actor=world.admin)

    with pytest.raises(NotVisible):
        request_review(
            world.prompt(author="author2"), environment=world.places["production"], reason="Why",
            actor=actor,
        )  # fmt: skip

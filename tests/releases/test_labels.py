"""Labels: further named pointers, under the right and the gates of a release."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from apps.audit.models import AuditEntry
from apps.audit.trail import record
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.environments.models import Label, Release, Rule
from apps.prompts.actions import archive_prompt
from apps.releases import gates as gates_module
from apps.releases.actions import move_label, remove_label
from apps.releases.events import LABEL_MOVED
from apps.releases.gates import Gate
from apps.releases.queries.labels import labels_of
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import make_world, standing
from tests.standing import part_of_stood
from tests.standing import standing as stands


def make_it():
    """v1 and v2 were live in production; v3 was not."""
    world = make_world()
    found = world.prompt()
    for number in (1, 2):
        world.put_live(found, world.version(found, f"Words {number}"), "production")
    world.version(found, "Words 3")
    return world, found


stood = stands(make_it)
world, prompt = part_of_stood(0), part_of_stood(1)


def put(world, prompt, number, by="releaser", name="stable", expects=None, **more):
    return move_label(
        prompt, environment=world.places["production"], name=name,
        version=prompt.versions.get(number=number), expects=expects, actor=world[by], **more,
    )  # fmt: skip


def remove(world, prompt, expects, reason="Nobody asks", by="releaser"):
    return remove_label(
        prompt, environment=world.places["production"], name="stable", expects=expects,
        reason=reason, actor=world[by],
    )  # fmt: skip


def test_label_is_made_moved_and_removed_with_its_history(world, prompt):
    made = put(world, prompt, 1, reason="First")
    moved = put(world, prompt, 2, expects=made.release_id, reason="Newer")
    steps = labels_of(prompt)[world.places["production"].pk][0].steps

    remove(world, prompt, moved.release_id)

    assert [(step.version.number, step.reason, step.who) for step in steps] == [
        (2, "Newer", "Releaser"), (1, "First", "Releaser"),
    ]  # fmt: skip
    (gone,) = labels_of(prompt)[world.places["production"].pk]
    assert (gone.name, gone.label) == ("stable", None)
    assert [step.version and step.version.number for step in gone.steps] == [None, 2, 1]
    last = AuditEntry.objects.order_by("-seq").values_list("event", "data__label", "reason")[:3]
    assert list(last) == [
        ("releases.label.removed", "stable", "Nobody asks"),
        ("releases.label.moved", "stable", "Newer"),
        ("releases.label.moved", "stable", "First"),
    ]
    assert [step.history_type for step in Label.history.order_by("history_id")] == ["+", "~", "-"]


def test_page_keeps_the_history_of_a_label_that_was_removed(world, prompt):
    made = put(world, prompt, 1, reason="First")
    remove(world, prompt, made.release_id)

    page = signed_in(world, "releaser").get(reverse("pages:prompt_releases", args=[prompt.path]))

    words = page.content.decode()
    assert "removed by Releaser" in words and "“Nobody asks”" in words and ": “First”" in words
    assert "&amp;name=stable" not in words  # nothing is left to move


def test_label_leaves_what_is_live_as_it_is(world, prompt):
    before = standing().pointers

    put(world, prompt, 1)

    assert standing().pointers == before


@pytest.mark.parametrize(
    ("by", "error"), [("releaser", None), ("author", NotAllowed), ("admin", NotAllowed)]
)
def test_t01_label_needs_the_right_of_a_release(world, prompt, by, error):
    before = standing()

    if error is None:
        put(world, prompt, 1, by=by)
        assert Label.objects.count() == 1
        return
    with pytest.raises(error):
        put(world, prompt, 1, by=by)
    assert (Label.objects.count(), standing().denied - before.denied) == (0, 1)


@pytest.mark.parametrize("number", [2, 3])
def test_label_names_only_what_was_live_there(world, prompt, number):
    if number == 2:
        assert put(world, prompt, number).release.version.number == 2
        return
    with pytest.raises(NotPossible) as refused:
        put(world, prompt, number)
    assert refused.value.code == "never_live"


@pytest.mark.parametrize("expects", ["right", "none", "old"])
def test_label_is_moved_only_from_where_it_was_seen(world, prompt, expects):
    first = put(world, prompt, 1).release_id
    if expects == "old":
        second = put(world, prompt, 2, expects=first).release_id
        target, seen = 1, first
        assert second != first
    else:
        target, seen = 2, first if expects == "right" else None
    if expects == "right":
        assert put(world, prompt, target, expects=seen).release.version.number == 2
        return
    with pytest.raises(NotPossible) as refused:
        put(world, prompt, target, expects=seen)
    assert refused.value.code == "stale_label"
    assert refused.value.verdict.sentence.startswith("“stable” is on v")


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("stable", True), ("campaign-x", True), ("v2x", True),
        ("production", False), ("staging", False), ("latest", False), ("live", False),
        ("12", False), ("v12", False), ("Stable", False), ("a b", False), ("", False),
        ("-x", False), ("x" * 64, False),
    ],
)  # fmt: skip
def test_label_has_a_name_that_is_nothing_else(world, prompt, name, taken):
    if taken:
        assert put(world, prompt, 1, name=name).name == name
        return
    with pytest.raises(Invalid) as refused:
        put(world, prompt, 1, name=name)
    assert list(refused.value.errors) == ["name"]


def test_t06_label_passes_the_gates_of_a_release(world, prompt, monkeypatch):
    """Whatever closes a release closes a label; an approval that was given is not asked again."""
    closed = Gate("freeze", False, "Production is frozen", "Until Monday.")
    made = put(world, prompt, 1)
    monkeypatch.setattr(gates_module, "_extra", [lambda version, place: closed])

    with pytest.raises(NotPossible) as refused:
        put(world, prompt, 2, expects=made.release_id)

    assert refused.value.code == "gate_closed"
    assert refused.value.verdict.sentence == "Production is frozen. Until Monday."


@pytest.mark.parametrize(("asked", "number"), [(False, 1), (True, 2), (True, 1)])
def test_t06_label_is_no_way_around_the_approvals_of_a_roll_back(world, prompt, asked, number):
    Rule.objects.filter(environment=world.places["production"]).update(roll_back_approved=asked)

    if not asked or number == 2:  # v2 is live
        assert put(world, prompt, number).release.version.number == number
        return
    with pytest.raises(NotPossible) as refused:
        put(world, prompt, number)
    assert refused.value.code == "gate_closed"


def test_label_of_an_archived_prompt_stays(world, prompt):
    other = put(world, prompt, 1)
    archive_prompt(prompt, reason="Old", still_live=True, actor=world.admin)

    with pytest.raises(NotPossible) as refused:
        put(world, prompt, 2, expects=other.release_id)

    assert refused.value.code == "archived"


def test_label_is_removed_with_a_reason_and_only_as_it_was_seen(world, prompt):
    label = put(world, prompt, 1)

    with pytest.raises(Invalid):
        remove(world, prompt, label.release_id, reason=" ")
    with pytest.raises(NotPossible) as refused:
        remove(world, prompt, None)

    assert refused.value.code == "stale_label"
    remove(world, prompt, label.release_id)
    assert Label.objects.count() == 0


class TestDatabase:
    """The last word, past the application."""

    def said(self, world, prompt, **fields):
        row = {"name": "stable", "environment": world.places["production"]} | fields
        release = row.pop("release", None) or Release.objects.get(
            prompt=prompt, version__number=1, environment__name="production"
        )
        try:
            with transaction.atomic():
                Label.objects.create(prompt=prompt, release=release, **row)
                record(LABEL_MOVED, actor=world["releaser"], target=prompt)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        return ""

    def test_takes_a_label_of_its_place(self, world, prompt):
        assert self.said(world, prompt) == ""

    def test_refuses_a_release_of_another_environment_or_prompt(self, world, prompt):
        other = world.prompt("other")
        world.put_live(other, world.version(other, "Other"), "production")
        staged = Release.objects.filter(prompt=prompt, environment__name="staging").first()
        foreign = Release.objects.filter(prompt=other, environment__name="production").get()

        for release in (staged, foreign):
            assert self.said(world, prompt, release=release) == (
                "a label names a release of its own prompt and environment"
            )

    @pytest.mark.parametrize("name", ["production", "latest", "live", "12", "v3", "Big", ""])
    def test_refuses_a_name_that_is_something_else(self, world, prompt, name):
        assert self.said(world, prompt, name=name) == "this is no name for a label"

    def test_refuses_to_carry_a_label_elsewhere(self, world, prompt):
        label = put(world, prompt, 1)

        with pytest.raises(DatabaseError, match="a label stays in its place"), transaction.atomic():
            Label.objects.filter(pk=label.pk).update(environment=world.places["staging"])


class TestPages:
    def query(self, **more):
        return {"environment": "production", **more}

    def test_a_label_is_made_with_what_the_form_shows(self, world, prompt):
        client = signed_in(world, "releaser")
        address = reverse("releases:move_label", args=[prompt.path])
        shown = client.get(address, self.query())

        answer = client.post(
            address, shown.context["form"].initial | {"name": "stable", "version": 1}
        )
        page = client.get(reverse("pages:prompt_releases", args=[prompt.path])).content.decode()

        assert (answer.status_code, Label.objects.get().release.version.number) == (302, 1)
        assert '<span class="mono">stable</span>' in page

    @pytest.mark.parametrize(
        ("fields", "status", "words"),
        [
            ({"name": "staging"}, 422, "is the name of an environment"),
            ({"name": "taken"}, 409, "“taken” is on v1 in Production now."),
        ],
    )
    def test_a_refused_label_keeps_what_was_typed(self, world, prompt, fields, status, words):
        put(world, prompt, 1, name="taken")
        client = signed_in(world, "releaser")
        address = reverse("releases:move_label", args=[prompt.path])

        answer = client.post(
            address, self.query(version=2, expects="", reason="My long reason") | fields
        )

        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "My long reason" in answer.content.decode()

    def test_a_label_is_removed_by_its_page(self, world, prompt):
        put(world, prompt, 1)
        client = signed_in(world, "releaser")
        address = reverse("releases:remove_label", args=[prompt.path])
        shown = client.get(address, self.query(name="stable")).context["form"].initial

        without = client.post(address, shown)
        answer = client.post(address, shown | {"reason": "Unused"})

        assert (without.status_code, answer.status_code) == (422, 302)
        assert Label.objects.count() == 0

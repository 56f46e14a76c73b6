"""From a draft to production and back."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import NotPossible
from apps.environments.models import Release
from apps.releases.actions import roll_back
from apps.reviews.actions import request_review
from tests.releases.world import approve, edit, standing


def test_release_to_development_needs_no_approval(world):
    prompt = world.prompt()
    version = world.version(prompt, "Say hello and thank you.")

    release = world.release(prompt, version, "development", by="author")

    assert world.live(prompt, "development") == 1
    assert (release.revision, release.how, release.approvals_needed) == (1, "publish", 0)


def test_release_to_production_takes_staging_along(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")

    world.release(prompt, version, "production", reason="Agreed")

    assert [world.live(prompt, place) for place in ("development", "staging", "production")] == [
        None, 1, 1,
    ]  # fmt: skip
    entries = AuditEntry.objects.filter(event="releases.release.made").order_by("seq")
    assert [(e.environment, e.data["how"], e.reason) for e in entries] == [
        ("staging", "publish", "Agreed"),
        ("production", "promote", "Agreed"),
    ]


def test_release_to_production_leaves_staging_that_had_it(world):
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, first, "staging")
    world.put_live(prompt, second, "staging")
    world.approved(prompt, first, "production")

    world.release(prompt, first, "production")

    assert world.live(prompt, "staging") == 2
    assert world.live(prompt, "production") == 1


def test_release_without_approval_is_refused_and_names_who_can(world):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    before = standing()

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "staging")

    assert refused.value.verdict.sentence == (
        "One approval is missing. Reviewer or Reviewer2 can approve it."
    )
    assert standing() == before


def test_release_happens_by_itself_after_the_last_approval_in_staging(world):
    prompt = world.prompt()
    edit(prompt, "One", world["author"])
    review = request_review(
        prompt, environment=world.places["staging"], reason="Why", actor=world["author"]
    )
    approve(review, world["reviewer"])

    run_all()

    release = Release.objects.get(prompt=prompt)
    assert (release.environment.name, release.made_by_kind, release.made_by) == (
        "staging", "system", None,
    )  # fmt: skip
    entry = AuditEntry.objects.get(event="releases.release.made")
    assert (entry.actor_kind, entry.on_behalf) == (
        "system",
        [f"person:{world['author'].pk}", f"person:{world['reviewer'].pk}"],
    )
    review.refresh_from_db()
    assert (review.state, review.release) == ("released", release)


@pytest.mark.parametrize(("asked", "number"), [(False, None), (True, 1)])
def test_production_waits_unless_the_author_asked(world, asked, number):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production", release_when_approved=asked)

    run_all()
    run_all()

    assert world.live(prompt, "production") == number
    assert world.live(prompt, "staging") == number


def test_roll_back_goes_to_what_was_live_and_needs_no_approval(world):
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, first, "production")
    bad = world.put_live(prompt, second, "production")

    release = roll_back(
        prompt, environment=world.places["production"], version=first, expects=bad.pk,
        reason="Two was rude", actor=world["releaser"],
    )  # fmt: skip

    assert (world.live(prompt, "production"), world.live(prompt, "staging")) == (1, 2)
    assert (release.how, release.revision, release.replaced) == ("roll_back", 3, bad)

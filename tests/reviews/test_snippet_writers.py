"""T2: who wrote a snippet's new version wrote the version of the prompt that takes it over."""

from __future__ import annotations

import pytest

from apps.core.errors import NotAllowed
from apps.prompts.actions import (
    change_snippet,
    create_snippet,
    make_version,
    pin_snippet,
    update_pin,
)
from apps.prompts.queries import draft_of
from apps.reviews.models import Decision
from apps.teams.actions import grant
from tests.releases.world import World, approve, make_world


@pytest.fixture
def world(db: None) -> World:
    found = make_world()
    for name in ("reviewer", "reviewer2"):
        grant(found.desk, role="author", to=found[name], actor=found.admin)
    return found


def taken_over(world: World):
    """A review of a version whose only news are the words that the reviewer gave the snippet."""
    snippet = create_snippet(
        world.desk, name="Rule", type="guardrails", body="30 days.", actor=world["author"]
    )
    prompt = world.prompt()
    pin = pin_snippet(draft_of(prompt), snippet=snippet, actor=world["author"])
    first = make_version(draft_of(prompt), reason="First", actor=world["author"])
    world.approved(prompt, first, "staging", by="reviewer2")
    world.release(prompt, first, "staging")
    change_snippet(snippet, seen=1, body="14 days.", reason="Law", actor=world["reviewer"])
    update_pin(pin, actor=world["author"])
    version = make_version(draft_of(prompt), reason="Law", actor=world["author"])
    return world.review(prompt, version, "staging")


def test_who_changed_the_snippet_may_not_approve_what_takes_it_over(world):
    review = taken_over(world)
    before = Decision.objects.count()

    with pytest.raises(NotAllowed, match="You edited this text"):
        approve(review, world["reviewer"])

    assert Decision.objects.count() == before


def test_who_wrote_none_of_it_may(world):
    review = taken_over(world)

    approve(review, world["reviewer2"])

    assert Decision.objects.filter(person=world["reviewer2"], round__review=review).exists()

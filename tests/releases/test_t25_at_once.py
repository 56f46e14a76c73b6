"""T25: two people release at once: one succeeds, the others are told what is live now."""

from __future__ import annotations

import os

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import NotPossible
from apps.environments.models import Deployment, Release
from apps.releases.actions import release_version, roll_back
from tests.releases.racing import race
from tests.releases.world import make_world

PEOPLE = int(os.environ.get("GALLEY_T25_PEOPLE", "8"))  # the bench run: 64 people,
ROUNDS = int(os.environ.get("GALLEY_T25_ROUNDS", "25"))  # 157 rounds: 10,048 calls


def test_t25_one_winner_a_revision_and_nothing_is_lost(own_database):
    world = make_world()
    prompt = world.prompt()

    tally = race(world, prompt, people=PEOPLE, rounds=ROUNDS)

    assert tally.broken == []
    entries = AuditEntry.objects.filter(event="releases.release.made", outcome="done")
    assert (tally.won, dict(tally.codes)) == (ROUNDS, {"stale_release": (PEOPLE - 1) * ROUNDS})
    assert tally.won == Deployment.objects.get(prompt=prompt).revision
    assert tally.won == Release.objects.filter(prompt=prompt).count() == entries.count()
    assert sorted(entry.data["revision"] for entry in entries) == list(range(1, ROUNDS + 1))
    assert tally.winners == {"Releaser"}


@pytest.mark.parametrize("act", ["release", "roll back"])
def test_t25_a_stale_act_is_told_what_is_live_now(world, act):
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    seen = world.release(prompt, first, "development")
    now = world.release(prompt, second, "development", by="author")
    third = world.version(prompt, "Three")
    place = world.places["development"]

    def try_over(expects: int) -> Release:
        if act == "release":
            return release_version(
                prompt, version=third, environment=place, expects=expects, actor=world["releaser"]
            )
        return roll_back(
            prompt, environment=place, version=first, expects=expects, reason="Why",
            actor=world["releaser"],
        )  # fmt: skip

    with pytest.raises(NotPossible) as refused:
        try_over(seen.pk)

    verdict = refused.value.verdict
    assert (verdict.code, verdict.facts["live"], verdict.facts["by"]) == (
        "stale_release", 2, "Author",
    )  # fmt: skip
    assert verdict.sentence == (
        "Author made v2 live in Development meanwhile. Look at it, then decide."
    )
    assert try_over(now.pk).revision == 3

"""The order of the environments: what counts as having been there. Only the whole traffic, and only
through the gates."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from apps.core.errors import NotPossible
from apps.core.origin import coming_from
from apps.environments.actions import change_rule
from apps.environments.models import Rule
from apps.environments.queries import live_release, live_revision, terms_of
from apps.releases.actions import break_glass, roll_back, step_rollout
from apps.releases.gates import gates
from apps.teams.actions import grant


@pytest.fixture
def desk(world):
    """v1 is live in staging and production; v2 is not."""
    world.reply = world.prompt()
    world.first = world.version(world.reply, "One.")
    world.put_live(world.reply, world.first, "production")
    world.second = world.version(world.reply, "Two.")
    world.staging = world.places["staging"]
    return world


def order(desk):
    found = gates(desk.second, desk.places["production"])
    return next((gate for gate in found if gate.code == "order"), None)


def approvals(desk, number):
    """Staging asks for so many."""
    rule = Rule.objects.get(environment=desk.staging, namespace__path="")
    terms = replace(terms_of(rule), approvals=number)
    change_rule(rule, terms=terms, reason="Order", actor=desk.admin)


def live(desk):
    found = live_release(desk.reply, desk.staging)
    return found.pk


def by_share(desk, share=1):
    """v2 got one percent of staging."""
    approvals(desk, 0)
    desk.release(desk.reply, desk.second, "staging", share=share)
    approvals(desk, 1)


def by_glass(desk):
    grant(desk.desk, capabilities=["break_glass"], to=desk["author2"], actor=desk.admin)
    with coming_from("web", confirmed_at=time.time):
        break_glass(
            desk.reply, version=desk.second, environment=desk.staging, expects=live(desk),
            reason="The live version insults customers.", actor=desk["author2"],
        )  # fmt: skip


def back(desk, version):
    roll_back(
        desk.reply, environment=desk.staging, version=version, expects=live(desk), reason="Back",
        actor=desk["releaser"],
    )  # fmt: skip


def all_of_it(desk):
    approvals(desk, 0)
    desk.release(desk.reply, desk.second, "staging")
    approvals(desk, 1)


def step_to_all(desk):
    by_share(desk)
    step_rollout(
        desk.reply, environment=desk.staging, share=100, expects=live(desk), actor=desk["releaser"]
    )


@pytest.mark.parametrize("way", [all_of_it, step_to_all])
def test_what_went_through_staging_goes_on_without_its_gates(desk, way):
    way(desk)
    desk.approved(desk.reply, desk.second, "production")
    before, gate = live_revision(desk.reply, desk.staging), order(desk)

    desk.release(desk.reply, desk.second, "production")

    assert (gate, desk.live(desk.reply, "production")) == (None, 2)
    assert live_revision(desk.reply, desk.staging) == before


def test_a_share_does_not_count_and_asks_for_all_of_it(desk):
    by_share(desk)
    desk.approved(desk.reply, desk.second, "production")

    gate = order(desk)

    assert (gate.open, gate.sentence) == (False, "v2 gets only 1 % of the traffic in Staging")
    with pytest.raises(NotPossible) as refused:
        desk.release(desk.reply, desk.second, "production")
    assert refused.value.verdict.facts["gates"] == ["order"]
    assert desk.live(desk.reply, "production") == 1


def share_that_was_taken_back(desk):
    by_share(desk)
    back(desk, desk.first)


def share_put_back_by_a_roll_back(desk):
    share_that_was_taken_back(desk)
    back(desk, desk.second)


def glass_that_was_taken_back(desk):
    by_glass(desk)
    back(desk, desk.first)


@pytest.mark.parametrize(
    ("way", "released_there"),
    [
        (lambda desk: None, 1),
        (share_that_was_taken_back, 1),
        (glass_that_was_taken_back, 1),
        (by_glass, 0),
        (share_put_back_by_a_roll_back, 0),
    ],
)
def test_what_did_not_go_through_staging_meets_its_gates(desk, way, released_there):
    way(desk)
    with pytest.raises(NotPossible) as refused:
        desk.release(desk.reply, desk.second, "production")
    assert (refused.value.code, order(desk).sentence) == ("gate_closed", "Staging comes first")
    before = live_revision(desk.reply, desk.staging)

    desk.approved(desk.reply, desk.second, "production")  # covers what comes before, too
    desk.release(desk.reply, desk.second, "production")

    assert desk.live(desk.reply, "production") == desk.live(desk.reply, "staging") == 2
    assert live_revision(desk.reply, desk.staging) == before + released_there

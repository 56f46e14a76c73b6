"""T1 to T7 together: whatever five people and three keys try, and whatever breaks in between, the
delivery serves only what was approved, or was live before, or whose glass was broken. `oracle`
judges; the controls show that it sees what is wrong."""

from __future__ import annotations

import os

import pytest

from tests.releases.workflow import Workflow
from tests.releases.workflow_controls import Broken, lost_rights, no_gate, without_guards
from tests.releases.world import make_world

STEPS = int(os.environ.get("GALLEY_WORKFLOW_STEPS", "250"))  # the bench run: 1,000,000
SEED = 20_250_101
ENOUGH = 600  # steps in which a control must be seen through


def test_t01_no_step_makes_anything_unapproved_live(own_database):
    workflow = Workflow(make_world(), SEED)

    told = workflow.run(STEPS)

    assert (told.holes, told.guarded, told.strict) == ([], [], [])
    assert told.steps == STEPS
    went_live = sum(len(releases) for releases in workflow.oracle.live.values())
    assert went_live > STEPS / 40  # they did get somewhere
    assert told.judged > went_live


@pytest.mark.parametrize("broken", [no_gate, lost_rights])
def test_t01_the_oracle_sees_what_is_broken(own_database, monkeypatch, broken: Broken):
    without_guards()
    broken(monkeypatch)

    told = Workflow(make_world(), SEED).run(ENOUGH, first_hole=True)

    assert told.holes

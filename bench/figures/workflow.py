"""T1: random steps of five people and three keys, judged by an account of its own."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench.run import SEED, Measured, figure
from bench.samples import ROOT
from bench.served import own_database

STEPS = 1_000_000
WORLD = 25_000  # steps: then everything is made anew, for a world is looked at whole all the time
PROCESSES = 2


@figure("unapproved_served")
def unapproved_served() -> Measured:
    """Answers that nothing allowed, in one world after the other, each with a seed of its own.
    GALLEY_WORKFLOW_STEPS and GALLEY_WORKFLOW_MINUTES (default: however long) bound it, and `n` is
    how many steps were really made. GALLEY_WORKFLOW_FIRST: worlds that ran before, to go on."""
    steps = int(os.environ.get("GALLEY_WORKFLOW_STEPS", STEPS))
    first = int(os.environ.get("GALLEY_WORKFLOW_FIRST", "0"))
    minutes = float(os.environ.get("GALLEY_WORKFLOW_MINUTES", "0")) or float("inf")
    until = time.monotonic() + minutes * 60
    worlds = [min(WORLD, steps - begun) for begun in range(0, steps, WORLD)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        seeds = range(SEED + first, SEED + first + len(worlds))
        told = [one for one in pool.map(lambda *world: _world(*world, until), seeds, worlds) if one]
    control = _told(SEED, 600, float("inf"), "--control")
    if not control["holes"]:
        raise AssertionError("the account did not see that no gate was asked")
    holes = sum(len(one["holes"]) for one in told)
    judged, live = (sum(one[part] for one in told) for part in ("judged", "releases"))
    words = (
        f"{judged} answers of {live} releases in {len(told)} worlds judged; without gates the"
        f" account objects after {control['steps']} steps"
    )
    return Measured(holes, "holes", sum(one["steps"] for one in told), words)


def _world(seed: int, steps: int, until: float) -> dict[str, Any] | None:
    """One world, said on stderr when it ends; None where the time is over."""
    left = (until - time.monotonic()) / 60
    if left <= 0:
        return None
    told = _told(seed, steps, left)
    print(
        f"seed {seed}: {told['steps']} steps, {told['judged']} answers, {len(told['holes'])} holes",
        *told["holes"][:20], *told["guarded"], *told["strict"][:5],
        sep="\n", file=sys.stderr, flush=True,
    )  # fmt: skip
    return told


def _told(seed: int, steps: int, minutes: float, *options: str) -> dict[str, Any]:
    words = [str(seed), str(steps), str(minutes), *options]
    command = [sys.executable, "-m", "bench.figures.workflow", *words]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise AssertionError(f"the world of seed {seed} ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(seed: str, steps: str, minutes: str, *options: str) -> None:
    """One run in a database of its own; a JSON line."""
    with own_database():
        from tests.releases.workflow import Workflow
        from tests.releases.world import make_world

        if options:
            _without_gates()
        workflow = Workflow(make_world(), int(seed))
        told = workflow.run(int(steps), float(minutes), first_hole=bool(options))
        live = sum(len(found) for found in workflow.oracle.live.values())
    line = {
        "steps": told.steps, "holes": told.holes, "strict": told.strict, "judged": told.judged,
        "releases": live, "guarded": told.guarded,
    }  # fmt: skip
    print(json.dumps(line))


def _without_gates() -> None:
    import pytest

    from tests.releases.workflow_controls import no_gate, without_guards

    without_guards()
    no_gate(pytest.MonkeyPatch())


if __name__ == "__main__":
    import logging

    logging.disable(logging.CRITICAL)  # broken off on purpose, again and again
    main(*sys.argv[1:])

"""T1: random steps of five people and three keys, judged by an account of its own."""

import json
import os
import subprocess
import sys

from bench.run import SEED, Measured, figure
from bench.samples import ROOT
from bench.served import own_database

STEPS = 1_000_000
PROCESSES = 2


@figure("unapproved_served")
def unapproved_served() -> Measured:
    """Answers that nothing allowed. GALLEY_WORKFLOW_STEPS and GALLEY_WORKFLOW_MINUTES (default:
    however long) bound it; `n` is how many steps were really made."""
    steps = int(os.environ.get("GALLEY_WORKFLOW_STEPS", STEPS))
    minutes = os.environ.get("GALLEY_WORKFLOW_MINUTES", "0")
    each = -(-steps // PROCESSES)
    running = [_started(SEED + number, str(each), minutes) for number in range(PROCESSES)]
    told = [_finished(process) for process in running]
    control = _finished(_started(SEED, "600", minutes, "--control"))
    if not control["holes"]:
        raise AssertionError("the account did not see that no gate was asked")
    holes = [hole for one in told for hole in one["holes"]]
    print(
        *holes[:20],
        *(one for run in told for one in run["guarded"] + run["strict"][:5]),
        sep="\n",
        file=sys.stderr,
    )
    judged, live = (sum(one[part] for one in told) for part in ("judged", "releases"))
    words = (
        f"{judged} answers of {live} releases judged; without gates the account objects"
        f" after {control['steps']} steps"
    )
    return Measured(len(holes), "holes", sum(one["steps"] for one in told), words)


def _started(seed: int, steps: str, minutes: str, *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-m", "bench.figures.workflow", str(seed), steps, minutes, *options,
    ]  # fmt: skip
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _finished(process: subprocess.Popen[str]) -> dict[str, object]:
    said, _none = process.communicate()
    if process.returncode:
        raise AssertionError(f"a run of the workflow ended with {process.returncode}")
    return json.loads(said.splitlines()[-1])


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

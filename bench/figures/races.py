"""The counts of assurance.md that `make test` runs a part of: kills and races at full length."""

import os
import subprocess
import sys
import time
from typing import Any

from bench.run import Measured, figure
from bench.samples import ROOT
from bench.served import own_database

KILLS = 10_000


@figure("kill_halves")
def kill_halves() -> Measured:
    """R6: releases that a kill -9 left half done; n = 0 of n bounds the share below about 3/n."""
    told = _killed("--kills", str(KILLS), "--statements")
    control = _killed("--kills", "100", "--control")
    halves = sum(told[part] for part in ("halves", "pointers", "unrecorded", "unwritten"))
    words = f"{control['halves']} of {control['kills']} kills without one transaction"
    return Measured(halves, "half releases", told["kills"], words)


def _killed(*options: str) -> dict[str, Any]:
    """What the killed releases left, on a database of their own."""
    with own_database() as name:
        from tests.releases.test_r06_killed_in_between import killing

        return killing(name, *options)


def _scaled(test: str, environment: dict[str, str]) -> float:
    """Run one test at full length; seconds. A failure fails the figure."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", test]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(done.stdout[-1500:])
    return time.perf_counter() - start


@figure("release_silent_losses")
def release_silent_losses() -> Measured:
    """T25: 64 people, 157 rounds; each call won its revision or was told what is live."""
    scale = {"GALLEY_T25_PEOPLE": "64", "GALLEY_T25_ROUNDS": "157"}
    test = "tests/releases/test_t25_at_once.py::test_t25_one_winner_a_revision_and_nothing_is_lost"
    seconds = _scaled(test, scale)
    return Measured(0, "lost releases", 64 * 157, f"{64 * 157 / seconds:.0f} calls/s")

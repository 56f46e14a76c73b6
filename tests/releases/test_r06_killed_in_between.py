"""R6: a web process killed during a release leaves all of it or nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.live import ROOT, environment_of
from tests.releases.world import make_world

KILLS = int(os.environ.get("GALLEY_R06_KILLS", "100"))  # the bench run: 10,000


def killing(database: str, *options: str) -> dict[str, Any]:
    world = make_world()
    prompt = world.prompt()
    world.version(prompt, "One")
    world.version(prompt, "Two")
    done = subprocess.run(
        [sys.executable, "-m", "tests.releases.kill_release", *options],
        cwd=ROOT, env=environment_of(database), capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_r06_killed_at_random_points_and_at_every_statement(own_database):
    told = killing(own_database, "--kills", str(KILLS), "--statements")

    assert {name: told[name] for name in ("halves", "pointers", "unrecorded", "unwritten")} == {
        "halves": 0, "pointers": 0, "unrecorded": 0, "unwritten": 0,
    }  # fmt: skip
    assert told["kills"] > KILLS + 10  # a release has more statements than that
    assert told["releases"] > KILLS  # they were at work when they were killed


def test_r06_the_same_writes_one_by_one_do_leave_halves(own_database):
    """The control: without it, finding nothing would say nothing."""
    told = killing(own_database, "--kills", "40", "--control")

    assert told["halves"] > 0

"""R3: a run survives its workers: each case has one result, paid once more a kill at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.evaluations.running import Lab, connect_to, make_lab, rows
from tests.live import ROOT, environment_of
from tests.llm.provider import running
from tests.standing import standing_alone

KILLS = int(os.environ.get("GALLEY_R03_KILLS", "6"))
CASES = int(os.environ.get("GALLEY_R03_CASES", "20"))

alone = standing_alone(make_lab)


def killed(lab: Lab, database: str, *, kills: int, cases: int, latency: float = 0.05):
    """The run after its workers were killed, how often they were, and the calls by case."""
    lab.more_cases(cases - 3)
    with running(latency=latency) as provider:
        connect_to(lab, provider.url, at_once=1)
        run = lab.start()
        done = subprocess.run(
            [sys.executable, "-m", "tests.evaluations.kill_run", "--run", str(run.pk),
             "--kills", str(kills)],
            cwd=ROOT, env=environment_of(database), capture_output=True, text=True, timeout=3600,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    run.refresh_from_db()
    return run, json.loads(done.stdout.splitlines()[-1])["kills"], provider.calls


def test_r03_killed_workers_lose_no_case_and_repeat_at_most_one_call_each(alone):
    run, kills, calls = killed(alone, os.environ["GALLEY_DATABASE_NAME"], kills=KILLS, cases=CASES)

    found = rows(run)
    assert (len(found), len({row.case_key for row in found})) == (CASES, CASES)
    assert {row.state for row in found} <= {"done", "could_not_run"}
    assert [row.error_code for row in found if row.state != "done"] == []
    assert CASES < len(calls) <= CASES + kills  # the kills did hit calls, and cost one each

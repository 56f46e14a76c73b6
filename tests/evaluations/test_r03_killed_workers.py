"""R3: a run survives its workers: each case has one result, paid once more a kill at most."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping

import pytest

from apps.evaluations.models import Run
from tests.brokers import broker
from tests.evaluations.running import Lab, connect_to, make_lab, rows
from tests.live import ROOT, environment_of
from tests.llm.provider import running
from tests.standing import standing_alone

KILLS = int(os.environ.get("GALLEY_R03_KILLS", "4"))  # on each broker
CASES = int(os.environ.get("GALLEY_R03_CASES", "20"))

alone = standing_alone(make_lab)


def killing(run: Run, *words: str, environment: Mapping[str, str]) -> int:
    """Let workers die over the run until it is over; how many did."""
    command = [sys.executable, "-m", "tests.evaluations.kill_run", "--run", str(run.pk), *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=3600,
        env={**environment_of(os.environ["GALLEY_DATABASE_NAME"], "worker"), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    run.refresh_from_db()
    return int(json.loads(done.stdout.splitlines()[-1])["kills"])


def killed(
    lab: Lab, environment: Mapping[str, str], *, kills: int, cases: int, latency: float = 0.15
):
    """The run after its workers were killed, how often they were, and how often each was asked."""
    lab.more_cases(cases - 3)
    with running(latency=latency) as provider:
        connect_to(lab, provider.url, at_once=1)
        run = lab.start()
        deaths = killing(run, "--kills", str(kills), environment=environment)
    return run, deaths, Counter(call.text for call in provider.calls)


@pytest.mark.parametrize("name", ["files", "redis", "rabbitmq"])
def test_r03_killed_workers_lose_no_case_and_repeat_at_most_one_call_each(alone, name, tmp_path):
    with broker(name, tmp_path) as environment:
        run, kills, asked = killed(alone, environment, kills=KILLS, cases=CASES)

    found = rows(run)
    assert (run.state, len(found), {row.state for row in found}) == ("done", CASES, {"done"})
    assert (len(asked), kills) == (CASES, KILLS)
    assert CASES <= sum(asked.values()) <= CASES + kills

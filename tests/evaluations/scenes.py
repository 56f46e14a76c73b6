"""Scenes that `make bench` measures (bench/figures/runs.py). Not collected with the tests.

Each prints a line `SCENE key=value …`.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.llm.actions import set_budget
from apps.prompts.actions import give_prompt
from apps.teams.actions import add_member, create_team, grant
from tests.brokers import broker, has_rabbit
from tests.evaluations.running import connect_to, make_lab, rows, work_all
from tests.evaluations.test_r03_killed_workers import killed
from tests.llm.provider import running
from tests.prompts.conftest import BACKEND
from tests.standing import standing_alone

CASES = int(os.environ.get("GALLEY_EVAL_CASES", "1500"))
KILLS = int(os.environ.get("GALLEY_EVAL_KILLS", "300"))
KILLED_CASES = int(os.environ.get("GALLEY_EVAL_KILLED_CASES", "1000"))
GRID = int(os.environ.get("GALLEY_EVAL_GRID", "5000"))
PRICES = {"input_price": Decimal(100), "output_price": Decimal(100)}

alone = standing_alone(make_lab)


def tell(**facts: float) -> None:
    pairs = " ".join(f"{name}={value}" for name, value in facts.items())
    sys.stdout.write(chr(10) + f"SCENE {pairs}" + chr(10))
    sys.stdout.flush()


def test_scene_speed(alone):
    alone.more_cases(CASES - 3)
    with running(latency=0.2) as provider:
        connect_to(alone, provider.url, at_once=32)
        run = alone.start()
        began = time.perf_counter()
        run = work_all(run)
        took = time.perf_counter() - began

    assert run.state == "done"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell(seconds=took, mb=most, calls=len(provider.calls))


@pytest.mark.parametrize("name", ["files", "redis", *(["rabbitmq"] if has_rabbit() else [])])
def test_scene_kills(alone, name, tmp_path):
    """A share of the kills on each broker that this machine has."""
    share = 3 if has_rabbit() else 2
    kills, cases = -(-KILLS // share), -(-KILLED_CASES // share)
    with broker(name, tmp_path) as environment:
        run, deaths, asked = killed(alone, environment, kills=kills, cases=cases, latency=0.2)

    done = {row.case_key for row in rows(run) if row.state == "done"}
    lost, repeated = cases - len(done), sum(asked.values()) - len(done)
    tell(lost=lost, kills=deaths, repeated=repeated, cases=cases)


def test_scene_budget(alone):
    team = create_team(name="Payers", actor=alone.house.admin)
    add_member(team, person=alone.ana, actor=alone.house.admin)
    grant(alone.house.space, role="viewer", to=team, actor=alone.house.admin)
    give_prompt(alone.prompt, owner=team, actor=alone.house.admin)
    alone.prompt.refresh_from_db()
    alone.v1.prompt = alone.prompt
    alone.more_cases(47)
    with running() as provider:
        connect_to(alone, provider.url, at_once=8, **PRICES)
        run = alone.start()
        set_budget(team, month_limit=Decimal("0.12"), actor=alone.house.admin)
        run = work_all(run)

    spent = sum((row.cost or Decimal(0)) for row in rows(run))
    assert run.state == "partial" and run.stopped
    calls = len(provider.calls)
    tell(cases=50, calls=calls, paid=calls if spent <= Decimal("0.12") else 0, spent=float(spent))


def test_scene_grid(alone):
    alone.more_cases(GRID - 3)
    alone.put_live(alone.v1)
    v2 = alone.version("Be short:")
    run = work_all(
        alone.start(v2, models=["galley/demo"], repeats=2, environment=alone.development)
    )
    page = Client()
    page.force_login(alone.ana, backend=BACKEND)
    address = f"/tests/runs/{run.pk}/?show=all"
    page.get(address)
    times = []
    for _time in range(5):
        with CaptureQueriesContext(connection) as queries:
            began = time.perf_counter()
            assert page.get(address).status_code == 200
            times.append((time.perf_counter() - began) * 1000)

    tell(ms=statistics.median(times), queries=len(queries))

"""Runs of test suites: how fast, how lean, what a kill costs, and that a budget holds.

Counts by environment: GALLEY_EVAL_CASES, GALLEY_EVAL_KILLS, GALLEY_EVAL_GRID.
"""

import asyncio
import os
import subprocess
import sys
import time

from apps.llm.questions import Line
from bench.run import Measured, figure
from bench.samples import ROOT

LATENCY, AT_ONCE = 0.2, 32
CASES = int(os.environ.get("GALLEY_EVAL_CASES", "1500"))
KILLS = int(os.environ.get("GALLEY_EVAL_KILLS", "300"))
KILLED_CASES = int(os.environ.get("GALLEY_EVAL_KILLED_CASES", "1000"))
GRID = int(os.environ.get("GALLEY_EVAL_GRID", "5000"))
IDEAL = CASES * LATENCY / AT_ONCE


@figure("eval_asyncio_over_ideal")
def eval_asyncio_over_ideal() -> Measured:
    """The limit: the official client alone in a plain loop, nothing kept and nothing judged."""
    from tests.llm.provider import running

    with running(latency=LATENCY) as provider:
        line = Line("openai", provider.url, "sk-bench", allow_private=True, max_parallel=AT_ONCE)
        began = time.perf_counter()
        asyncio.run(_plain(line))
        took = time.perf_counter() - began
    words = f"{took:.1f} s; {CASES} calls of {LATENCY} s, {AT_ONCE} at once: {IDEAL:.1f} s"
    return Measured(round(took / IDEAL, 3), "times", CASES, words, took / IDEAL)


async def _plain(line: Line) -> None:
    import openai

    places = asyncio.Semaphore(AT_ONCE)
    async with openai.AsyncOpenAI(base_url=line.base_url, api_key=line.secret) as client:

        async def one(number: int) -> None:
            async with places:
                await client.chat.completions.create(
                    model="test-model-1", messages=[{"role": "user", "content": f"Case {number}"}]
                )

        await asyncio.gather(*(one(number) for number in range(CASES)))


def _in_tests(name: str) -> dict[str, float]:
    """A scene of `tests/evaluations/scenes.py`, in a database of its own."""
    return _all_in_tests(name)[-1]


def _all_in_tests(name: str) -> list[dict[str, float]]:
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-s", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"tests/evaluations/scenes.py::{name}"], cwd=ROOT, capture_output=True,
        text=True, timeout=3600,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("SCENE ")]
    if done.returncode or not lines:
        raise AssertionError(done.stdout[-1500:] + done.stderr[-500:])
    return [
        {key: float(value) for key, value in (pair.split("=") for pair in line.split()[1:])}
        for line in lines
    ]


@figure("eval_over_ideal")
def eval_over_ideal() -> Measured:
    """A whole run by one worker, provider beside it; at most 1.15 times the ideal is wanted."""
    found = _in_tests("test_scene_speed")
    words = f"{found['seconds']:.1f} s against {IDEAL:.1f} s; goal 1.15"
    return Measured(round(found["seconds"] / IDEAL, 3), "times", CASES, words)


@figure("eval_worker_mb")
def eval_worker_mb() -> Measured:
    """Peak memory of the process that works on that run (the provider and pytest are in it)."""
    return Measured(round(_in_tests("test_scene_speed")["mb"]), "MB", CASES)


@figure("eval_kill_lost")
def eval_kill_lost() -> Measured:
    """Cases without their one result after all kills, on each broker that this machine has."""
    found = _all_in_tests("test_scene_kills")
    sums = {name: sum(one[name] for one in found) for name in ("lost", "kills", "repeated")}
    words = (
        f"{sums['kills']:.0f} kills on {len(found)} brokers, "
        f"{sums['repeated']:.0f} calls made again"
    )
    return Measured(sums["lost"], "cases", KILLED_CASES, words)


@figure("budget_overrun_calls")
def budget_overrun_calls() -> Measured:
    """Calls beyond those that the budget pays for."""
    found = _in_tests("test_scene_budget")
    words = f"{found['calls']:.0f} calls made, {found['paid']:.0f} fit the budget"
    return Measured(max(0.0, found["calls"] - found["paid"]), "calls", int(found["cases"]), words)


@figure("grid_ms")
def grid_ms() -> Measured:
    """The results page on the server; at most 300 ms is promised."""
    found = _in_tests("test_scene_grid")
    words = f"300 ms; {found['queries']:.0f} queries"
    return Measured(round(found["ms"], 1), "ms", GRID, words, found["ms"] / 300)

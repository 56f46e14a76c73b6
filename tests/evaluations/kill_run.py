"""R3, R4: workers of Celery that are killed in the middle of a run; then the run goes on.

    python -m tests.evaluations.kill_run --run 1 --kills 6 --seed 1
    python -m tests.evaluations.kill_run --run 1 --poison "Case 7"   # the worker kills itself there

Works on the database that GALLEY_DATABASE_NAME names and over the broker of CELERY_BROKER_URL, else
over files. One worker at a time lives, in a fork, and is killed (SIGKILL) at a random moment while
it holds the run; beside it the sweeper wakes workers. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback

LEASE, SENT_AGAIN = 0.6, 0.3
LONGEST = 3000.0
WORKER = [
    "worker", "--queues=runs", "--pool=solo", "--without-gossip", "--without-mingle",
    "--without-heartbeat", "--loglevel=ERROR",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--life", type=float, default=0.4)
    parser.add_argument("--poison", default="")
    options = parser.parse_args()
    import django

    django.setup()
    _hurry(options.poison)
    sweeper = _fork(_sweep)
    try:
        deaths = _lives(options)
    finally:
        _kill(sweeper)
    sys.stdout.write(json.dumps({"kills": deaths}) + "\n")


def _hurry(poison: str) -> None:
    """Short leases, so that what a dead worker held is soon free; and, if asked for, the poison."""
    from apps.evaluations.actions import work
    from apps.evaluations.running import slices
    from apps.evaluations.running.asking import Asking
    from apps.llm import wire_openai  # noqa: F401 - forks find it loaded: it takes a while
    from config import celery  # noqa: F401 - likewise

    assert slices.work.__kwdefaults__ is not None
    slices.work.__kwdefaults__["lease"] = LEASE
    work.SENT_AGAIN = SENT_AGAIN  # type: ignore[assignment]
    if not poison:
        return
    asked = Asking.outcome

    async def deadly(self: Asking, task: object) -> object:
        if poison in str(task.case["values"]):  # type: ignore[attr-defined]
            os.kill(os.getpid(), signal.SIGKILL)
        return await asked(self, task)  # type: ignore[arg-type]

    Asking.outcome = deadly  # type: ignore[method-assign, assignment]


def _lives(options: argparse.Namespace) -> int:
    """Worker after worker until the run is over; how many died."""
    chance, deaths, end = random.Random(options.seed), 0, time.monotonic() + LONGEST
    while time.monotonic() < end:
        child = _fork(_work)
        try:
            while not (over := _is_over(options.run)) and not _died(child):
                if deaths < options.kills and _holds(options.run, child):
                    time.sleep(chance.uniform(0.01, options.life))
                    break
                time.sleep(0.02)
        finally:
            _kill(child)
        if over:
            return deaths
        deaths += 1
    raise TimeoutError("the run did not end")


def _work() -> None:
    from config.celery import app

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # its banner: our line alone is read
    app.worker_main(WORKER)


def _sweep() -> None:
    from apps.evaluations.tasks import sweep_runs

    while True:
        sweep_runs()
        time.sleep(0.2)


def _fork(what: object) -> int:
    child = os.fork()
    if child:
        return child
    try:
        what()  # type: ignore[operator]
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _died(child: int) -> bool:
    """By poison; a worker that ends by itself is a fault of the test."""
    found = os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if found is not None and found.si_status != signal.SIGKILL:
        raise RuntimeError(f"the worker ended by itself: {found.si_status}")
    return found is not None


def _kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _holds(run_id: int, child: int) -> bool:
    return f"-{child}-" in _state(run_id)[1]


def _is_over(run_id: int) -> bool:
    return _state(run_id)[0] not in ("queued", "running")


def _state(run_id: int) -> tuple[str, str]:
    """State and worker; no fork inherits the connection."""
    from django.db import connections

    from apps.evaluations.models import Run

    found = Run.objects.values_list("state", "worker").get(pk=run_id)
    connections.close_all()
    return found


if __name__ == "__main__":
    main()

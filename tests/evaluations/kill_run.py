"""R3: kill -9 of a worker in the middle of a run, again and again; then the run goes on.

    python -m tests.evaluations.kill_run --run 1 --kills 6 --seed 1

Works on the database that GALLEY_DATABASE_NAME names. A fork works on the run and is killed; after
the last kill nobody is killed any more. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time

LEASE = 0.6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--run", type=int, required=True)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import django

    django.setup()
    from apps.evaluations.running import slices  # noqa: F401 - forks find it loaded
    from apps.llm import wire_openai  # noqa: F401 - likewise: it takes a while

    chance, killed = random.Random(options.seed), 0
    while killed < options.kills:
        child = _worker(options.run)
        time.sleep(chance.uniform(0.4, 0.9))
        if os.waitpid(child, os.WNOHANG)[0]:
            if _is_over(options.run):
                break
            continue  # the lease of a killed one still held the run
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
    end = time.monotonic() + 300
    while not _is_over(options.run) and time.monotonic() < end:
        os.waitpid(_worker(options.run), 0)
        time.sleep(0.1)
    sys.stdout.write(json.dumps({"kills": killed}) + "\n")


def _worker(run_id: int) -> int:
    child = os.fork()
    if child:
        return child
    from apps.evaluations.running.slices import work

    try:
        work(run_id, lease=LEASE, seconds=20)
    finally:
        os._exit(0)


def _is_over(run_id: int) -> bool:
    from django.db import connections

    from apps.evaluations.models import Run

    over = not Run.objects.get(pk=run_id).is_under_way
    connections.close_all()  # no fork inherits a connection
    return over


if __name__ == "__main__":
    main()

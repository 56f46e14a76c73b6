"""Everything that `make test` runs: the lint reads the sources while the tests run."""

import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from config.environment import ROOT

STEPS = [
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("layers", ["lint-imports", "--no-logo"]),
]


def main() -> int:
    with ThreadPoolExecutor(1) as aside:
        steps = [(name, aside.submit(_run, command)) for name, command in STEPS]
        print("== tests; lint, format, types and layers are read beside them", flush=True)
        # Much of a test is waiting for a browser or a database: a worker more than there are cores.
        workers = str(min(os.cpu_count() or 2, 8) + 1)
        tests = subprocess.run([sys.executable, "-m", "pytest", "-n", workers, "-q"], cwd=ROOT)
        failed = [name for name, step in steps if not _passes(name, step)]
    if failed:
        print(f"== not passed: {', '.join(failed)}", flush=True)
    return tests.returncode or (1 if failed else 0)


def _run(command: list[str]) -> tuple[bool, str, float]:
    begun = time.monotonic()
    program = str(Path(sys.executable).parent / command[0])
    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode == 0, done.stdout, time.monotonic() - begun


def _passes(name: str, step: Future[tuple[bool, str, float]]) -> bool:
    passed, said, seconds = step.result()
    print(f"== {name}\n{said}   {'passed' if passed else 'failed'} in {seconds:.0f} s", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())

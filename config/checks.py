"""Everything that `make test` runs: the lint reads the sources while the tests run."""

import json
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


FAILED = 1  # what pytest answers where tests ran and some failed
FEW = 5


def main() -> int:
    with ThreadPoolExecutor(1) as aside:
        steps = [(name, aside.submit(_run, command)) for name, command in STEPS]
        print("== tests; lint, format, types and layers are read beside them", flush=True)
        # Much of a test is waiting for a browser or a database: a worker more than there are cores.
        workers = str(min(os.cpu_count() or 2, 8) + 1)
        tests = _pytest("-n", workers)
        failed = [name for name, step in steps if not _passes(name, step)]
    if failed:
        print(f"== not passed: {', '.join(failed)}", flush=True)
    if tests == FAILED and not failed:
        tests = alone()
    return tests or (1 if failed else 0)


def _pytest(*options: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *options], cwd=ROOT).returncode


def alone() -> int:
    """Once more, the few that failed, one after the other: what a machine that was too busy made
    slow passes then, and what is wrong fails again. Both results stay in the output."""
    kept = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    names = sorted(json.loads(kept.read_text())) if kept.exists() else []
    if not 0 < len(names) <= FEW:
        return FAILED
    print(f"== {len(names)} failed beside others; once more, alone: {', '.join(names)}", flush=True)
    again = _pytest("--last-failed", "--last-failed-no-failures", "none")
    if again == 0:
        print("== passed alone; look at why they failed beside others", flush=True)
    return again


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

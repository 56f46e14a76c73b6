"""Everything that `make test` runs, in order; the tests come last."""

import os
import subprocess
import sys
import time
from pathlib import Path

from config.environment import ROOT

STEPS = [
    ("lint", ["ruff", "check", "."]),
    ("format", ["ruff", "format", "--check", "."]),
    ("types", ["mypy"]),
    ("layers", ["lint-imports", "--no-logo"]),
]


def main() -> int:
    failed = [name for name, command in STEPS if not _passes(name, command)]
    if failed:
        print(f"== not passed so far: {', '.join(failed)}", flush=True)
    print("== tests", flush=True)
    # Much of a test is waiting for a browser or a database: one worker more than there are cores.
    workers = str(min(os.cpu_count() or 2, 8) + 1)
    tests = subprocess.run([sys.executable, "-m", "pytest", "-n", workers, "-q"], cwd=ROOT)
    return tests.returncode or (1 if failed else 0)


def _passes(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    program = str(Path(sys.executable).parent / command[0])
    passed = subprocess.run([program, *command[1:]], cwd=ROOT).returncode == 0
    print(f"   {'passed' if passed else 'failed'} in {time.monotonic() - begun:.0f} s", flush=True)
    return passed


if __name__ == "__main__":
    sys.exit(main())

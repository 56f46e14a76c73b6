"""`make run` on a clean checkout and again, until the first page answers."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.run import Measured, figure

ROOT = Path(__file__).resolve().parent.parent.parent
_kept: dict[str, float] = {}


@figure("first_run_s")
def first_run() -> Measured:
    return Measured(_both()["first"], "s", 1, "a clone without .venv, node_modules and data")


@figure("second_run_s")
def second_run() -> Measured:
    both = _both()
    ratio = round(both["first"] / both["second"], 1)
    return Measured(both["second"], "s", 1, "the first start of the same clone", ratio)


def _both() -> dict[str, float]:
    """Seconds of the first and the second start, measured once a run."""
    if not _kept:
        folder = Path(tempfile.mkdtemp(prefix="galley-bench-"))
        try:
            clone = folder / "galley"
            subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
            _kept.update(first=_start(clone), second=_start(clone))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return _kept


def _start(clone: Path) -> float:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GALLEY_", "DATABASE_"))}
    said = clone / "said.log"
    begun = time.monotonic()
    with said.open("w") as output:
        child = subprocess.Popen(
            ["python3", "config/bootstrap.py", "run"], cwd=clone, env=env, stdout=output
        )
    try:
        return round(_seconds_until_a_page(child, said, begun), 2)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(30)


def _seconds_until_a_page(child: subprocess.Popen[bytes], said: Path, begun: float) -> float:
    while child.poll() is None:
        found = re.search(r"Galley runs at (\S+)\n", said.read_text())
        if found:
            with urllib.request.urlopen(f"{found[1]}/account/login/") as answer:
                answer.read()
            return time.monotonic() - begun
        time.sleep(0.02)
    raise RuntimeError(said.read_text())

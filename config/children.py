"""The processes of one running Galley: started, watched, started again, stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.environment import ROOT

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
PATIENCE = 2.0  # seconds that a process has to end by itself
RESTART_AFTER = 1.0


@dataclass
class Child:
    """One process; `log` holds what it says."""

    name: str
    command: list[str]
    env: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.started.append(time.monotonic())
        with self.log.open("ab" if len(self.started) > 1 else "wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                process_group=0,  # Ctrl-C in the terminal reaches the supervisor alone
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def hopeless(self) -> bool:
        """Ended five times within a minute."""
        return len([at for at in self.started if at > time.monotonic() - 60]) >= 5

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def signal(self, number: int) -> None:
        if self.process is not None and self.running:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


def start_again(children: list[Child], say: Callable[[str], None]) -> None:
    for child in children:
        if child.running or time.monotonic() - child.started[-1] < RESTART_AFTER:
            continue
        if child.hopeless:
            raise SystemExit(
                f"The {child.name} keeps ending; see {child.log}: {child.last_words()}"
            )
        say(f"The {child.name} ended and is started again; see {child.log}.")
        child.start()


def stop(children: list[Child]) -> None:
    """All at once; who is not gone after its patience is killed."""
    for child in children:
        child.signal(signal.SIGTERM)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(child.running for child in children):
        time.sleep(0.02)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)

"""R7: PostgreSQL and all its processes killed during releases; what was acknowledged is there after
recovery. A kill of processes shows that commits wait for the log; it does not show that the disk
keeps what it said it kept: only a reset of the machine would."""

import os
import random
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress

import psutil

from bench.run import SEED, Measured, figure
from bench.served import own_database
from tests.live import ROOT, environment_of

KILLS = int(os.environ.get("GALLEY_POWER_KILLS", "100"))
CONTROLS = 20
# Releases without end; a line for each that was acknowledged.
RELEASING = """
import django; django.setup()
from itertools import count
from apps.environments.models import Environment
from apps.environments.queries import live_release
from apps.accounts.models import User
from apps.prompts.models import Prompt
from apps.releases.actions import release_version
prompt = Prompt.objects.select_related("namespace").get()
place = Environment.objects.get(name="development")
versions = list(prompt.versions.order_by("number"))
actor = User.objects.get(name="Releaser")
for _ in count():
    live = live_release(prompt, place)
    version = next(v for v in versions if live is None or v.pk != live.version_id)
    made = release_version(prompt, version=version, environment=place,
                           expects=live.pk if live else None, actor=actor)
    print(made.revision, flush=True)
"""


@figure("acknowledged_lost")
def acknowledged_lost() -> Measured:
    """n: kills. The control commits without waiting for the log and must lose some."""
    lost = _lost(KILLS, careless=False)
    control = _lost(CONTROLS, careless=True)
    if control == 0:
        raise AssertionError("the control lost nothing: the kills show nothing")
    words = f"{control} lost in {CONTROLS} kills with synchronous_commit off"
    return Measured(lost, "releases", KILLS, words)


def _lost(kills: int, *, careless: bool) -> int:
    """Acknowledged revisions that are missing after all recoveries, on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="galley-tests-power-") as folder:
        words = [sys.executable, "-m", "bench.figures.power", str(kills), *(["-"] * careless)]
        done = subprocess.run(
            words, cwd=ROOT, env={**os.environ, "GALLEY_DATA": folder}, text=True,
            capture_output=True, timeout=kills * 30 + 300,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return int(done.stdout.split()[-1])


def main(kills: int, *, careless: bool) -> int:
    dice, lost = random.Random(SEED), 0
    with own_database() as name:
        _make_prompt()
        if careless:
            _commit_carelessly(name)
        for _kill in range(kills):
            lost += _kill_after(dice.uniform(0.05, 0.5), name)
    return lost


def _make_prompt() -> None:
    from tests.releases.world import make_world

    world = make_world()
    prompt = world.prompt()
    for words in ("One", "Two"):
        world.version(prompt, words)


def _commit_carelessly(name: str) -> None:
    with _server().connect() as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def _server():  # type: ignore[no-untyped-def]
    from django.conf import settings

    from config.postgres import server

    return server(settings.DATA)


def _kill_after(seconds: float, name: str) -> int:
    """How many acknowledged releases one kill loses: 0, or as many as are above what is live."""
    from django.db import connections

    connections.close_all()
    child = subprocess.Popen(
        [sys.executable, "-c", RELEASING], cwd=ROOT, env=environment_of(name), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdout is not None
    told = [int(child.stdout.readline())]
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    _kill_tree()
    told += [int(line) for line in child.stdout]
    child.wait(30)
    return max(0, max(told) - _live_revision())


def _kill_tree() -> None:
    from django.conf import settings

    pid = int((settings.DATA / "postgres" / "postmaster.pid").read_text().split()[0])
    postmaster = psutil.Process(pid)
    family = [postmaster, *postmaster.children(recursive=True)]
    os.kill(pid, signal.SIGSTOP)  # no process of it can react to the end of another
    for process in reversed(family):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, 10)


def _live_revision() -> int:
    from apps.environments.models import Deployment, Release

    _server().ensure()
    pointer = Deployment.objects.first()  # none where even the first release was lost
    revision = pointer.revision if pointer else 0
    assert Release.objects.count() == revision
    assert pointer is None or pointer.release.revision == revision
    return revision


if __name__ == "__main__":
    print(main(int(sys.argv[1]), careless=len(sys.argv) > 2))

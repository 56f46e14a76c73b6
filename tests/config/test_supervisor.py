"""`make run` after the set-up: what starts, what is said, and that Ctrl-C leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from config import postgres

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    data: Path
    said_first: str = ""

    @property
    def said(self) -> str:
        return (self.data / "said").read_text()

    @property
    def address(self) -> str:
        return re.findall(r"Galley runs at (\S+)", self.said)[0]

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word: str) -> psutil.Process:
        return next(child for child in self.family() if word in " ".join(child.cmdline()))

    def interrupt(self) -> float:
        """Ctrl-C; the seconds until everything is over."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - begun


def environment_for(data: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GALLEY_", "DATABASE_"))}
    own = {
        "GALLEY_DATA": str(data),
        "GALLEY_DEMO": "0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return {**kept, **own, **more}


def start(data: Path, **more: str) -> Running:
    said = data / "said"
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=ROOT,
            env=environment_for(data, **more),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    running = Running(process, data)
    while "Ctrl-C stops everything" not in running.said:
        assert process.poll() is None, running.said
        time.sleep(0.05)
    return running


def refused(data: Path, **more: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "config.supervisor"],
        cwd=ROOT,
        env=environment_for(data, **more),
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def taken_port() -> Iterator[str]:
    with closing(socket.socket()) as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        yield str(busy.getsockname()[1])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, taken_port: str) -> Running:
    """The first start on an empty folder, which is over."""
    running = start(tmp_path_factory.mktemp("galley"), GALLEY_PORT=taken_port)
    running.said_first = running.said
    running.interrupt()
    return running


@pytest.fixture(scope="module")
def second(first: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of another one: as the first start left it, for making it takes long."""
    copy = tmp_path_factory.mktemp("second") / "data"
    subprocess.run(["cp", "-a", first.data, copy], check=True)  # with the owners of the files
    return copy


@pytest.fixture(scope="module")
def galley(first: Running, second: Path, taken_port: str) -> Iterator[Running]:
    running = start(first.data, GALLEY_PORT=taken_port)
    yield running
    if running.process.poll() is None:
        running.interrupt()


def test_first_start_prints_address_and_the_first_admin_link(first, taken_port):
    address = re.findall(r"Galley runs at (\S+)", first.said_first)[0]

    assert f"Port {taken_port} is taken" in first.said_first
    assert f"{address}/account/begin/" in first.said_first


def test_address_answers(galley):
    with urllib.request.urlopen(f"{galley.address}/account/login/") as answer:
        found = (answer.status, answer.headers["Content-Type"])

    assert found == (200, "text/html; charset=utf-8")


def test_web_worker_and_scheduler_run(galley):
    commands = [" ".join(child.cmdline()) for child in galley.family()]

    for part in ("uvicorn config.asgi", "worker -Q now", "worker -Q runs", " beat ", "postgres -D"):
        assert len([line for line in commands if part in line]) == 1, part


@pytest.mark.parametrize("part", ["uvicorn", "worker -Q now", "worker -Q runs", "beat"])
def test_who_serves_holds_the_run_time_role_alone(galley, part):
    environ = galley.named(part).environ()

    assert environ["GALLEY_PROCESS"] in {"web", "worker", "beat"}
    assert "DATABASE_URL" not in environ


def test_second_start_on_the_same_data_is_refused(galley):
    code, said = refused(galley.data)

    assert code == 1
    assert said == (
        f"Galley is already running with the data in {galley.data}, at {galley.address}; "
        "stop it first, or set GALLEY_DATA.\n"
    )


def test_killed_worker_is_started_again(galley):
    before = galley.named("worker -Q now")
    before.kill()

    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            after = galley.named("worker -Q now")
            if after.pid != before.pid:
                break
        except (StopIteration, psutil.Error):
            pass
        time.sleep(0.1)

    assert after.pid != before.pid


def test_two_run_at_once_and_ctrl_c_ends_one_within_five_seconds(galley, second):
    other = start(second, GALLEY_PORT=galley.address.rsplit(":", 1)[1])
    family = other.family()
    with urllib.request.urlopen(f"{galley.address}/account/login/") as answer:
        assert answer.status == 200

    seconds = other.interrupt()

    assert other.address != galley.address
    assert seconds < 5
    assert len(family) >= 5
    assert [child for child in family if child.is_running()] == []
    assert postgres.Server(second).port() is None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"GALLEY_HOST": "203.0.113.7"}, "GALLEY_HOST is '203.0.113.7', which this machine"),
        ({"GALLEY_PORT": "x"}, "GALLEY_PORT is 'x'"),
        (
            {"DATABASE_URL": "postgresql://u:p@127.0.0.1:9/d"},
            "DATABASE_URL does not lead to the database d on 127.0.0.1: Connection refused",
        ),
    ],
)
def test_bad_start_is_one_sentence(tmp_path, more, sentence):
    code, said = refused(tmp_path, **more)

    assert code == 1
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_killed_supervisor_takes_its_children_along(galley):
    """The last of the file: it ends what the others look at."""
    family = [child for child in galley.family() if "postgres" not in " ".join(child.cmdline())]

    galley.process.kill()
    galley.process.wait()
    _gone, left = psutil.wait_procs(family, timeout=15)

    assert len(family) >= 4
    assert left == []
    postgres.Server(galley.data).stop()

"""`make run` after the set-up: database, web, workers and scheduler under one Ctrl-C."""

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import children, elsewhere, environment, postgres
from config.children import Child
from config.data_folder import make_folder
from config.environment import ROOT, BadEnvironment, Environment

ANSWERS_WITHIN = 180.0  # seconds; a busy machine is slow, and a process that ends is seen at once


# glibc gives each thread a heap of its own and keeps what was freed there: 30 MB a process.
SERVING = ["--loop", "uvloop", "--http", "config.fetch_protocol:FetchProtocol", "--no-access-log"]
THRIFTY = {"MALLOC_ARENA_MAX": "2"}


class Supervisor:
    def __init__(self, env: Environment) -> None:
        self.env = env
        self.data = env.data
        self.children: list[Child] = []
        self.links: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Start everything, say where it is, watch until told to stop."""
        make_folder(self.data)
        make_folder(self.data / "log")
        with self._alone(), stopping():
            port = choose_port(self.env)
            try:
                self._start(port)
                self._say_hello(port)
                self._watch()
            except KeyboardInterrupt:
                say("\nStopping …")
            finally:
                self._stop()
        say("Stopped.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with open(self.data / "running", "a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BadEnvironment(
                    f"Galley is already running with the data in {self.data}, at "
                    f"{read(self.data / 'address')}; stop it first, or set GALLEY_DATA."
                ) from None
            yield

    def _start(self, port: int) -> None:
        if self.env.database or self.env.database_runtime:
            elsewhere.check(self.env)
        else:
            say("  Starting PostgreSQL …")
            postgres.server(self.data).ensure()
        address = f"http://{_reachable(self.env.host)}:{port}"
        (self.data / "address").write_text(address)
        self._prepare()
        shutil.rmtree(self.data / "ready", ignore_errors=True)
        say("  Starting web, workers and scheduler …")
        self.children = self._describe(port)
        for child in self.children:
            child.start()
        self.links = subprocess.Popen(
            [sys.executable, "manage.py", "sign_in_links"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._wait_for_answers(address)

    def _prepare(self) -> None:
        if not self.env.database and self.env.database_runtime:
            say("  DATABASE_URL is not set: tables are taken as they are.")
            return
        done = subprocess.run([sys.executable, "-m", "config.prepare"], cwd=ROOT)
        if done.returncode:
            raise SystemExit(done.returncode)

    def _describe(self, port: int) -> list[Child]:
        celery = ["-m", "celery", "-A", "config.celery", "--quiet"]
        alone = ["--pool=solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
        web = ["-m", "uvicorn", "config.asgi:application", *SERVING]
        where = ["--host", self.env.host, "--port", str(port), "--log-level", "warning"]
        # What a caller says of its own address is believed only behind a proxy of one's own.
        quiet = [
            "--no-proxy-headers",
            "--no-server-header",
            "--timeout-graceful-shutdown",
            "1",
        ]
        return [
            self._child("web", "web", [*web, *where, *quiet]),
            self._child("worker-now", "worker", [*celery, "worker", "-Q", "now", *alone]),
            self._child("worker-runs", "worker", [*celery, "worker", "-Q", "runs", *alone]),
            self._child("scheduler", "beat", [*celery, "beat", "--pidfile="]),
        ]

    def _child(self, name: str, process: str, command: list[str]) -> Child:
        if "worker" in command:
            command = [*command, "--hostname", f"{name}@%h"]
        env = {**THRIFTY, **os.environ}
        env |= {"GALLEY_PROCESS": process, "DJANGO_SETTINGS_MODULE": "config.settings"}
        if self.env.database:  # only the run-time role's password goes to who serves
            del env["DATABASE_URL"]
            env["DATABASE_RUNTIME_URL"] = elsewhere.url(elsewhere.runtime_address(self.env))
        return Child(name, command, env, self.data / "log" / f"{name}.log")

    def _wait_for_answers(self, address: str) -> None:
        end = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < end:
            for child in self.children:
                if not child.running:
                    raise SystemExit(
                        f"The {child.name} did not start; see {child.log}: {child.last_words()}"
                    )
            if all(map(is_ready, self.children)) and answers(f"{address}/account/login/"):
                return
            time.sleep(0.05)
        raise SystemExit(f"Galley did not answer within three minutes; see {self.data / 'log'}.")

    def _say_hello(self, port: int) -> None:
        address = read(self.data / "address")
        if port != self.env.port:
            say(f"\nPort {self.env.port} is taken; this is another one.")
        say(f"\nGalley runs at {self.env.public_url or address}\n")
        assert self.links is not None
        said, wrong = self.links.communicate()
        say(said.strip() or wrong.strip())
        key = self.data / "demo-read-key"
        path = first_live_prompt(address, key) if key.exists() else None
        if path:
            say("\nA live prompt, as a program fetches it:")
            say(f'  curl -H "Authorization: Bearer $(cat {key})" {address}/api/v1/prompts/{path}')
        say("\nCtrl-C stops everything.")

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            if not (self.env.database or self.env.database_runtime):
                postgres.server(self.data).ensure()
            children.start_again(self.children, say)

    def _stop(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C cannot leave anything behind
        children.stop(self.children)
        postgres.server(self.data).release()


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def stopping() -> Iterator[None]:
    """A polite kill and a closed terminal end like Ctrl-C."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    yield


def choose_port(env: Environment) -> int:
    """The asked port, or a free one where it is taken."""
    for port in (env.port, 0):
        family = socket.AF_INET6 if ":" in env.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((env.host, port))
                return int(probe.getsockname()[1])
            except PermissionError:
                raise BadEnvironment(
                    f"GALLEY_PORT {port} needs more rights; use 1024 or more."
                ) from None
            except OSError as error:
                if port == 0:
                    raise BadEnvironment(
                        f"GALLEY_HOST is {env.host!r}, which this machine does not have: {error}."
                    ) from None
    raise AssertionError("port 0 is either bound or refused")


def _reachable(host: str) -> str:
    if host in {"0.0.0.0", "::"}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def is_ready(child: Child) -> bool:
    """A worker and the scheduler say so by a file (config/celery.py); web answers by itself."""
    assert child.process is not None
    folder = child.log.parent.parent / "ready"
    return child.name == "web" or (folder / str(child.process.pid)).exists()


def answers(url: str) -> bool:
    """Any answer but a fault; a redirect to the public address is not followed."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=10)
    try:
        connection.request("GET", place.path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def first_live_prompt(address: str, key: Path) -> str | None:
    """The path of a prompt that the demo key may fetch, as the API lists it."""
    headers = {"Authorization": f"Bearer {key.read_text().strip()}"}
    request = urllib.request.Request(f"{address}/api/v1/prompts", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            listed = json.load(answer)
    except (OSError, ValueError):
        return None
    return next((str(row["prompt"]) for row in listed["prompts"]), None)


def read(path: Path) -> str:
    return path.read_text() if path.exists() else "an unknown address"


if __name__ == "__main__":
    try:
        Supervisor(environment.read()).run()
    except KeyboardInterrupt:
        raise SystemExit("Stopped.") from None

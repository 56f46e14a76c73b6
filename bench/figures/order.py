"""What applications see of releases through the client library: in order, and how soon."""

import os
import random
import signal
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psutil

from bench.delivering import scaled
from bench.figures.peers import _uvicorn as two_processes
from bench.many import Many, make_many
from bench.run import SEED, Measured, figure
from bench.served import own_database
from config.supervisor import SERVING
from tests.live import ROOT

sys.path.append(str(ROOT / "clients" / "python"))  # the library as it stands alone

READS = 10_000_000
CLIENTS = 4
RELEASES = 20
STEP = 1000  # reads between two looks at the clock


@figure("client_regressions")
def client_regressions() -> Measured:
    """Readings through four clients, two on streams and two polling, while a prompt is released and
    rolled back, server processes are killed and clients forget what they know."""
    with _installation() as (many, port):
        seen = _Seen()
        with _trouble(many, port, seen):
            threads = [
                threading.Thread(target=_read, args=(many, port, number, seen))
                for number in range(CLIENTS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    if seen.errors:
        raise RuntimeError(seen.errors[0])
    against = (
        f"{seen.releases} releases, {seen.kills} killed server processes, {seen.losses} lost"
        f" memories of clients, {seen.changes} changes seen"
    )
    return Measured(seen.regressions, "regressions", seen.reads, against)


@figure("release_polling_max_ms")
def release_polling_max_ms() -> Measured:
    """From the commit of a release to the first reading of it, without streams."""
    from galley_client import Galley

    with _installation() as (many, port):
        path, took = many.prompt.path, []
        url = f"http://127.0.0.1:{port}"
        with Galley(url, many.key, stream=False) as galley:
            galley.get(path)
            for number in range(RELEASES):
                time.sleep(random.Random(SEED + number).random())
                revision = _release(many)
                begun = time.perf_counter()
                while (galley.get(path).revision or 0) < revision:
                    time.sleep(0.002)
                took.append((time.perf_counter() - begun) * 1000)
    against = f"2,000 ms promised; median {statistics.median(took):,.0f} ms"
    return Measured(round(max(took)), "ms", RELEASES, against)


class _Seen:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reads = self.regressions = self.changes = 0
        self.releases = self.kills = self.losses = 0
        self.errors: list[str] = []


@contextmanager
def _installation() -> Iterator[tuple[Many, int]]:
    with ExitStack() as stack:
        stack.enter_context(own_database())
        many = make_many(10)
        port = stack.enter_context(two_processes("config.asgi:application", SERVING))
        _wait(port, many)
        yield many, port


def _wait(port: int, many: Many) -> None:
    import httpx

    end = time.monotonic() + 120
    while time.monotonic() < end:
        with suppress(httpx.HTTPError):
            address = f"http://127.0.0.1:{port}/api/v1/prompts/{many.prompt.path}"
            headers = {"Authorization": f"Bearer {many.key}"}
            if httpx.get(address, headers=headers, timeout=10).status_code == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the server did not answer")


def _read(many: Many, port: int, number: int, seen: _Seen) -> None:
    """A fortieth of the readings lie between two losses of what this client knows."""
    from galley_client import Galley

    options: dict[str, Any] = {"poll": 0.1, "stream": number % 2 == 0}
    reads = regressions = changes = losses = last = 0
    try:
        with Galley(f"http://127.0.0.1:{port}", many.key, refresh=0.5, **options) as galley:
            path = many.prompt.path
            galley.get(path)
            share = scaled("CLIENT_READS", READS) // CLIENTS
            while reads < share:
                for _ in range(STEP):
                    revision = galley.get(path).revision or 0
                    if revision != last:
                        changes += 1
                        regressions += revision < last
                        last = revision
                reads += STEP
                if reads % (share // 40) < STEP:
                    losses += _forget(galley)
    except Exception as error:  # told by the figure
        seen.errors.append(f"{type(error).__name__}: {error}")
    with seen.lock:
        seen.reads += reads
        seen.regressions += regressions
        seen.changes += changes
        seen.losses += losses


def _forget(galley: Any) -> int:
    """What is known is gone, as after too many other prompts; a server that is being restarted is
    waited for."""
    from galley_client import GalleyError

    galley._memory.entries.clear()
    for _ in range(100):
        with suppress(GalleyError):
            galley.get(next(iter(galley._memory._newest)))
            break
        time.sleep(0.1)
    return 1


@contextmanager
def _trouble(many: Many, port: int, seen: _Seen) -> Iterator[None]:
    stop = threading.Event()
    threads = [
        threading.Thread(target=_release_again_and_again, args=(many, stop, seen), daemon=True),
        threading.Thread(target=_kill_again_and_again, args=(port, stop, seen), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)


def _release_again_and_again(many: Many, stop: threading.Event, seen: _Seen) -> None:
    from django.db import connection

    while not stop.wait(0.1):
        _release(many)
        seen.releases += 1
    connection.close()


def _release(many: Many) -> int:
    """Back to the other version; the new revision."""
    from apps.environments.queries import live_release
    from apps.releases.actions import roll_back

    live = live_release(many.prompt, many.place)
    assert live is not None
    version = many.prompt.versions.exclude(pk=live.version_id).order_by("number").first()
    roll_back(
        many.prompt, environment=many.place, version=version, expects=live.pk,
        reason="A figure", actor=many.releaser,
    )  # fmt: skip
    now = live_release(many.prompt, many.place)
    assert now is not None
    return int(now.revision)


def _kill_again_and_again(port: int, stop: threading.Event, seen: _Seen) -> None:
    """One of the two server processes; the server starts another one."""
    chance = random.Random(SEED)
    while not stop.wait(5.0):
        workers = _workers(port)
        if len(workers) > 1:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
                seen.kills += 1


def _workers(port: int) -> list[int]:
    """The processes that hold this port open, without their parent."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            words = " ".join(child.cmdline())
            if "spawn_main" in words and str(port) in " ".join(child.parent().cmdline()):
                found.append(child.pid)
    return found

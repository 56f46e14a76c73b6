"""Threads, forks and the end of a process."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from galley_client import AsyncGalley, Galley

from tests.clients.harness.answers import KEY, PATH
from tests.clients.harness.faces import Face
from tests.clients.harness.faults import FAULTS
from tests.clients.harness.server import Server
from tests.clients.test_push import until

CLIENT = Path(__file__).parents[2] / "clients" / "python"
Make = Callable[..., Face]


def ours() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "galley-client"]


def run(code: str, server: Server) -> subprocess.CompletedProcess[str]:
    env = {"PYTHONPATH": str(CLIENT), "GALLEY_URL": server.url, "GALLEY_KEY": KEY, "PATH": ""}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_no_thread_until_it_is_used_and_none_after_it_is_closed(server: Server) -> None:
    server.script.has_stream = True
    before = len(ours())
    galley = Galley(server.url, KEY)
    made = len(ours())
    galley.get(PATH)
    assert server.heard.acquire(timeout=5)
    used = len(ours())
    galley.close()

    assert (made - before, used - before, len(ours()) - before) == (0, 1, 0)
    assert galley.get(PATH).version == 3
    assert galley.get("support/other", fallback="Hi").is_fallback
    assert len(ours()) == before
    galley.close()


def test_a_client_that_nobody_holds_ends_by_itself(server: Server) -> None:
    before = len(ours())
    galley = Galley(server.url, KEY)
    galley.get(PATH)
    del galley
    gc.collect()

    assert until(lambda: len(ours()) == before)


def test_closing_does_not_wait_for_a_silent_server(server: Server, make: Make) -> None:
    server.script.faults["/api/v1/stream"] = FAULTS["silent"]
    galley = make(stream=True, timeout=60)
    galley.get(PATH)
    server.gate.clear()
    found: list[bool] = []
    waiting = threading.Thread(
        target=lambda: found.append(galley.get("support/other", fallback="Hi").is_fallback)
    )
    waiting.start()
    assert until(lambda: len(server.asked) == 2)
    galley.close()
    waiting.join(10)

    assert (waiting.is_alive(), found) == (False, [True])


def test_an_async_client_leaves_no_task_behind(server: Server) -> None:
    server.script.has_stream = True

    async def whole() -> set[asyncio.Task[object]]:
        async with AsyncGalley(server.url, KEY) as galley:
            await galley.get(PATH)
            assert await asyncio.to_thread(server.heard.acquire, timeout=5)
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert asyncio.run(whole()) == set()


def test_an_async_client_goes_on_in_another_loop(server: Server) -> None:
    galley = AsyncGalley(server.url, KEY, stream=False)

    async def fetch(path: str) -> int | None:
        return (await galley.get(path)).version

    server.release(prompt="support/other", version=5)
    first = asyncio.run(fetch(PATH))

    async def end() -> int | None:
        found = await fetch("support/other")
        await galley.close()
        return found

    assert (first, asyncio.run(end())) == (3, 5)


def test_a_cancelled_caller_does_not_stop_the_others(server: Server) -> None:
    async def steps() -> None:
        async with AsyncGalley(server.url, KEY, stream=False, poll=None) as galley:
            server.gate.clear()
            first = asyncio.create_task(galley.get(PATH))
            second = asyncio.create_task(galley.get(PATH))
            await asyncio.to_thread(server.arrived.acquire, timeout=5)
            first.cancel()
            server.gate.set()

            assert (await second).version == 3
            with pytest.raises(asyncio.CancelledError):
                await first
            assert len(server.asked) == 1

    asyncio.run(steps())


FORK = """
import os, sys
from galley_client import Galley
galley = Galley(stream=False, poll=None)
galley.log(galley.get("support/reply"))
child = os.fork()
prompt = galley.get("support/reply")
other = galley.get("support/other")
galley.log(other)
galley.close()
if child == 0:
    sys.stdout.flush()
    os._exit(0 if (prompt.version, other.version) == (3, 5) else 9)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), prompt.version, other.version)
"""


def test_a_forked_child_starts_its_own_and_leaves_its_parents_alone(server: Server) -> None:
    server.release(prompt="support/other", version=5)

    done = run(FORK, server)

    assert (done.stdout, done.stderr) == ("0 3 5\n", "")
    logged = sorted(event["prompt"] for event in server.events)
    assert logged == ["support/other", "support/other", PATH]


def test_what_waits_is_sent_when_python_ends(server: Server) -> None:
    code = (
        "from galley_client import Galley\ngalley = Galley()\n"
        "galley.log(galley.get('support/reply'))"
    )
    done = run(code, server)

    assert (done.returncode, done.stderr, len(server.events)) == (0, "", 1)


def test_python_ends_at_once_although_streams_are_open(server: Server) -> None:
    server.script.has_stream = True
    code = (
        "import time\nfrom galley_client import Galley\ngalley = Galley()\n"
        "galley.get('support/reply')\n"
        "while not galley._core.push.is_live: time.sleep(0.01)\nraise SystemExit(7)"
    )
    done = run(code, server)

    assert (done.returncode, done.stderr) == (7, "")


def test_a_client_works_in_every_thread_at_once(server: Server, make: Make) -> None:
    galley = make()
    paths = [f"support/p{number}" for number in range(10)]
    for number, path in enumerate(paths):
        server.release(prompt=path, version=number + 1)
    found: list[tuple[str, int | None]] = []
    start = threading.Barrier(10)

    def work() -> None:
        start.wait()
        found.extend((path, galley.get(path).version) for path in paths)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert set(found) == {(path, number + 1) for number, path in enumerate(paths)}
    assert (len(found), len(server.asked)) == (100, 10)


def test_an_interrupt_ends_a_waiting_call(server: Server) -> None:
    server.gate.clear()
    # Tests that run in the background are started with the signal ignored, and so is their child.
    hears = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{hears}\nfrom galley_client import Galley\nGalley(timeout=60).get('support/reply')"
    env = {"PYTHONPATH": str(CLIENT), "GALLEY_URL": server.url, "GALLEY_KEY": KEY, "PATH": ""}
    child = subprocess.Popen([sys.executable, "-c", code], env=env, stderr=subprocess.PIPE)
    assert server.arrived.acquire(timeout=20)
    os.kill(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=20)

    assert child.returncode != 0 and b"KeyboardInterrupt" in said

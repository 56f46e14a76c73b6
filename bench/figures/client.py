"""One call of the client library, from memory and over HTTP to the real server, beside the clients
of other products against their own servers, in one run."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench import peers
from bench.run import Measured, figure
from bench.served import place
from tests.live import ROOT

UNCACHED = 100

MEASURE = """
import json, statistics, sys, time

def each(call, seconds=0.3, rounds=7):
    found = []
    for _ in range(rounds):
        count, begun = 0, time.perf_counter()
        while (took := time.perf_counter() - begun) < seconds:
            for _ in range(20):
                call()
            count += 20
        found.append(took / count)
    return statistics.median(found)

def one_by_one(call, count):
    found = []
    for _ in range(count):
        begun = time.perf_counter()
        call()
        found.append(time.perf_counter() - begun)
    return statistics.median(found[count // 10:])

def told(**figures):
    print(json.dumps(figures))

address, key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
"""

GALLEY = """
from galley_client import Galley
galley = Galley(address, key)

def afresh():
    galley._memory.entries.clear()
    galley.get("desk/reply")

galley.get("desk/split", unit="user-1")
assert galley.get("desk/split", unit="user-1").arm in ("a", "b")
told(uncached=one_by_one(afresh, count), cached=each(lambda: galley.get("desk/reply")),
     split=each(lambda: galley.get("desk/split", unit="user-1")))
"""

MLFLOW = """
import mlflow
mlflow.set_tracking_uri(address)
load = mlflow.genai.load_prompt
name = "prompts:/reply@production"
told(uncached=one_by_one(lambda: load(name, cache_ttl_seconds=0), count),
     cached=each(lambda: load(name)))
"""

PHOENIX = """
from phoenix.client import Client
prompts = Client(base_url=address).prompts
told(uncached=one_by_one(lambda: prompts.get(prompt_identifier="reply", tag="production"), count))
"""

LANGFUSE = """
from langfuse import Langfuse
langfuse = Langfuse(public_key="pk", secret_key="sk", host=address, tracing_enabled=False)
assert langfuse.get_prompt("reply").version == 1
told(cached=each(lambda: langfuse.get_prompt("reply")))
"""


@figure("client_cached_us")
def client_cached_us() -> Measured:
    """A call that memory answers: no network, no copy of the messages."""
    seen = _seen()
    ours, others = seen["galley"]["cached"] * 1e6, _words("cached", 1e6, "µs")
    split = f"Galley with a unit in a split {seen['galley']['split'] * 1e6:.2f} µs"
    slowest = min((s["cached"] for n, s in seen.items() if n != "galley" and "cached" in s),
                  default=None)  # fmt: skip
    ratio = None if slowest is None else round(slowest * 1e6 / ours, 1)
    return Measured(round(ours, 2), "µs", 7, f"5 µs promised; {split}; {others}", ratio)


@figure("client_uncached_ms")
def client_uncached_ms() -> Measured:
    """A call that goes to the server on a warm connection; the answer's signature is checked."""
    seen = _seen()
    ours = seen["galley"]["uncached"] * 1000
    found = [s["uncached"] for n, s in seen.items() if n != "galley" and "uncached" in s]
    ratio = round(min(found) * 1000 / ours, 1) if found else None
    return Measured(round(ours, 2), "ms", UNCACHED, _words("uncached", 1000, "ms"), ratio)


def _words(kind: str, scale: float, unit: str) -> str:
    """What the others took, and what could not be measured."""
    said = []
    for name, seen in _seen().items():
        if name == "galley":
            continue
        if kind in seen:
            said.append(f"{name} {seen[kind] * scale:,.2f} {unit}")
        else:
            said.append(f"{name}: {seen.get('why', {}).get(kind, 'did not run here')}")
    return "; ".join(said)


@cache
def _seen() -> dict[str, dict]:
    """Seconds by product: the median call from memory and over HTTP."""
    seen = {"galley": _galley()}
    with tempfile.TemporaryDirectory() as folder:
        for name, others in (("mlflow", _mlflow), ("phoenix", _phoenix), ("langfuse", _langfuse)):
            try:
                seen[name] = others(Path(folder) / name)
            except Exception as error:  # said in the figure's own words
                why = f"could not run here ({type(error).__name__}: {str(error)[:200]})"
                seen[name] = {"why": {"cached": why, "uncached": why}}
    return seen


def _galley() -> dict:
    with place() as here:
        from tests.delivery.story import make_prompt, make_story

        story = make_story()
        world = story.world
        world.put_live(story.prompt, story.version(peers.TEXT), "production")
        running = make_prompt(world, world.desk, "split")
        world.put_live(running, world.version(running, peers.TEXT), "production")
        better = world.version(running, peers.TEXT + "Better.")
        world.approved(running, better, "production")
        world.release(running, better, "production", share=50)
        _, key = story.key()
        return _measured(sys.executable, GALLEY, here.live.url, key)


def _mlflow(folder: Path) -> dict:
    with peers.mlflow(folder) as (port, _path):
        python = peers.installed("mlflow", "mlflow") / "python"
        return _measured(str(python), MLFLOW, f"http://127.0.0.1:{port}", count=20)


def _phoenix(folder: Path) -> dict:
    with peers.phoenix(folder) as (port, _path):
        python = peers.installed("phoenix", "arize-phoenix") / "python"
        seen = _measured(str(python), PHOENIX, f"http://127.0.0.1:{port}")
    return {**seen, "why": {"cached": "keeps nothing, so each call is one over HTTP"}}


def _langfuse(folder: Path) -> dict:
    """Its server needs PostgreSQL, ClickHouse, Redis and an S3 store, so it does not run here; its
    client is given one fixed answer, which tells what a call from its memory takes."""
    python = peers.installed("langfuse", "langfuse") / "python"
    with _fixed() as url:
        seen = _measured(str(python), LANGFUSE, url)
    why = "its server needs ClickHouse, Redis and S3 and did not run here"
    return {**seen, "why": {"uncached": why}}


def _measured(python: str, code: str, url: str, key: str = "-", count: int = UNCACHED) -> dict:
    done = subprocess.run(
        [python, "-c", MEASURE + code, url, key, str(count)],
        env={"PYTHONPATH": str(ROOT / "clients" / "python") if key != "-" else "", "PATH": "",
             "HOME": tempfile.gettempdir()},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "no words")
    found: dict = json.loads(done.stdout.strip().splitlines()[-1])
    return found


@contextmanager
def _fixed() -> Iterator[str]:
    """A server of one Langfuse prompt."""
    prompt = {
        "id": "1", "name": "reply", "version": 1, "type": "text", "prompt": peers.TEXT,
        "config": {}, "labels": ["production"], "tags": [], "commitMessage": None,
        "projectId": "p", "createdBy": "x", "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z", "isActive": True, "resolutionGraph": None,
    }  # fmt: skip
    data = json.dumps(prompt).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()

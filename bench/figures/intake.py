"""What applications send back: how fast it is taken, and that nothing is lost or counted twice."""

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from bench.delivering import delivering, scaled, until_ready
from bench.run import SEED, Measured, figure
from bench.sending import Sender, Sent, bodies, events
from bench.served import own_database
from tests.live import free_port, served

EVENTS, KILLS = 200_000, 100
PROCESSES, SENDERS = 2, 8  # connections to each process
WEB = "config.asgi:application"
PATH = "desk/reply"


@figure("intake_ratio_copy")
def intake_ratio_copy() -> Measured:
    """Events a second over HTTP beside a COPY of the same rows; the worse of two sizes of batch."""
    taken = _measured()
    words = (
        f"{taken.hundreds:,.0f} events a second in batches of 100, {taken.thousands:,.0f} in"
        f" batches of 1,000, {PROCESSES} server processes; a bare COPY of the same rows:"
        f" {taken.copied:,.0f}"
    )
    ratio = min(taken.hundreds, taken.thousands) / taken.copied
    return Measured(round(ratio, 3), "of a bare COPY", taken.events, words, ratio)


@figure("intake_mb")
def intake_mb() -> Measured:
    """Memory of a serving process at its most while it takes events as fast as it can."""
    taken = _measured()
    words = f"{taken.before:.0f} MB before the first event"
    return Measured(round(taken.most), "MB", taken.events, words)


@figure("intake_lost")
def intake_lost() -> Measured:
    """Events that were acknowledged and are not there, after kills."""
    found = _killed()
    return Measured(found.lost, "events", found.events, found.words)


@figure("intake_double")
def intake_double() -> Measured:
    """Events that are there twice, or were said to be new twice, after kills."""
    found = _killed()
    return Measured(found.double, "events", found.events, found.words)


# --- how fast ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    events: int
    hundreds: float
    thousands: float
    copied: float
    before: float
    most: float


@cache
def _measured() -> Taken:
    """By two server processes, as the figures of fetches, which serve as those of `make run`."""
    count = scaled("EVENTS", EVENTS)
    with own_database() as name, ExitStack() as ends:
        key = _world()
        live = [ends.enter_context(delivering(name, WEB)) for _ in range(PROCESSES)]
        for one in live:
            until_ready(one)
        urls = [one.url for one in live]
        processes = [psutil.Process(one.child.pid) for one in live]
        Sender(urls, key).send(bodies(events(2000 * PROCESSES, PATH), 100))
        before = _megabytes(processes)
        most = [before]
        with _watched(lambda: most.append(_megabytes(processes))):
            rates = [_rate(urls, key, count // 2, size) for size in (100, 1000)]
        copied = _copied()
    return Taken(count, *rates, copied, before, max(most))


def _megabytes(processes: Sequence[psutil.Process]) -> float:
    """Of the larger one."""
    return float(max(one.memory_info().rss for one in processes) / 1e6)


def _world() -> str:
    from tests.delivery.story import make_story

    return make_story().key()[1]


def _rate(urls: Sequence[str], key: str, count: int, size: int) -> float:
    batches = bodies(events(count, PATH), size)
    began = time.perf_counter()
    sent = Sender(urls, key, SENDERS).send(batches)
    took = time.perf_counter() - began
    if sent.accepted != count:
        raise RuntimeError(f"{sent.accepted} of {count} events were taken")
    return count / took


def _copied() -> float:
    """The limit: the same rows, ready made, into the same table and its indexes, in one piece."""
    from django.db import connection

    from apps.delivery.calls.chosen import calls

    columns = (
        "environment_id, prompt_id, version_id, key_id, started_at, latency_ms, day, input_tokens,"
        " output_tokens, latency_bin, ident, arm, split_id, model, status, unit_hash, cost, error,"
        " tags, variables, output"
    )
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY (SELECT {columns} FROM delivery_logevent) TO STDOUT") as copy:
            rows = b"".join(bytes(piece) for piece in copy)
        cursor.execute("SELECT DISTINCT day FROM delivery_logevent")
        days = [row[0] for row in cursor.fetchall()]
    with own_database(), connection.cursor() as cursor:
        calls().make_days(days)
        began = time.perf_counter()
        with cursor.copy(f"COPY delivery_logevent ({columns}) FROM STDIN") as copy:
            copy.write(rows)
        return float(rows.count(b"\n") / (time.perf_counter() - began))


@contextmanager
def _watched(look: Callable[[], object]) -> Iterator[None]:
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)


# --- kills ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Killed:
    events: int
    lost: int
    double: int
    in_vain: int
    words: str


@cache
def _killed() -> Killed:
    with own_database() as name, tempfile.TemporaryDirectory() as folder:
        return killed(name, Path(folder), _world(), scaled("KILLS", KILLS))


def killed(name: str, folder: Path, key: str, kills: int, *, each: int = 2000) -> Killed:
    """Batches of 50 that are sent until they are taken, while the server is killed again and again
    and every other time the connections of the database are cut as well."""
    told = list(events(kills * each, PATH))
    batches, port = bodies(told, 50), free_port()
    # At this pace a server takes about `each` events in the time that it lives: no kill is in vain.
    sender = Sender([f"http://127.0.0.1:{port}"], key, pause=20 / each)
    work = threading.Thread(target=sender.send, args=(batches,))
    dice, done = random.Random(SEED), 0
    while done < kills or work.is_alive():
        with served(name, folder, port) as live:
            if not work.ident:
                work.start()
            if done >= kills:
                work.join(120)
                break
            time.sleep(dice.uniform(0.0, 0.3))
            if done % 2:
                _cut(name)
            psutil.Process(live.pid).kill()
            done += 1
    return _counted(told, sender.sent, done)


def _cut(name: str) -> None:
    from config.postgres import server
    from tests.settings import DATA

    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with server(DATA).connect() as connection:
        connection.execute(cut, [name])


def _counted(told: list[dict[str, Any]], sent: Sent, kills: int) -> Killed:
    from django.db import connection

    from apps.delivery.models import LogEvent

    connection.close()
    kept = list(LogEvent.objects.values_list("ident", flat=True))
    lost = len({one["id"] for one in told} - set(kept))
    double = len(kept) - len(set(kept)) + max(0, sent.accepted - len(told))
    words = f"{kills} kills; {sent.in_vain} batches sent in vain, {sent.duplicates} events known"
    return Killed(len(told), lost, double, sent.in_vain, words)

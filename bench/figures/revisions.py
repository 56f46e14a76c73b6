"""T27 at full length: reads while releases happen, memories are lost and late readers come."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from bench.delivering import scaled, toggled
from bench.run import SEED, Measured, figure
from bench.served import own_database

READS, CLIENTS = 10_000_000, 64
BATCH, PAUSE = 64 * 32, 0.02  # reads between two pauses; seconds
CONTROL = 300_000  # reads


@dataclass
class Seen:
    """What the clients of one memory saw: the last revision of each, and how often it fell."""

    last: list[int] = field(default_factory=lambda: [0] * CLIENTS)
    fell: int = 0
    reads: int = 0


@figure("revision_regressions")
def revision_regressions() -> Measured:
    """Against a memory that takes what a late reader brings."""
    count = scaled("READS", READS)
    with own_database():
        from apps.delivery.store import Store
        from bench.many import make_many

        many = make_many(20)
        seen, more = _read(Store, many, count)
        control, _ = _read(_careless(Store), many, CONTROL)
    words = (
        f"{more['releases']} releases, {more['lost']} lost memories, {more['late']} late readers;"
        f" without the check {control.fell:,} of {control.reads:,}"
    )
    return Measured(seen.fell, "regressions", seen.reads, words)


def _careless(store: Any) -> Any:
    class Careless(store):  # type: ignore[misc]
        def _put_live(self, served: Any) -> None:
            self.live[(served.environment_id, served.prompt_id)] = served

    return Careless


def _read(kind: Any, many: Any, count: int) -> tuple[Seen, dict[str, int]]:
    """Reads of one thread while another releases, reads on, loses memories and comes late."""
    from apps.delivery.answers import fetch
    from apps.delivery.query import LIVE

    seen, stop = Seen(), threading.Event()
    box, more = [_new(kind)], {"releases": 0, "lost": 0, "late": 0}
    key = next(iter(box[0].keys.values()))
    writer = threading.Thread(target=_write, args=(kind, many, box, more, stop), daemon=True)
    writer.start()
    try:
        while seen.reads < count:
            for client in range(CLIENTS):
                body = fetch(box[0], key, many.prompt.path, LIVE, sure=True)
                revision = int(body.etag[1:].partition("-")[0])
                seen.fell += revision < seen.last[client]
                seen.last[client] = revision
            seen.reads += CLIENTS
            if seen.reads % BATCH == 0:
                time.sleep(PAUSE)  # the writer is a thread of the same process
            if not writer.is_alive():
                raise RuntimeError("the writer ended")
    finally:
        stop.set()
        writer.join(30)
    return seen, more


def _new(kind: Any) -> Any:
    store = kind()
    store.refresh()
    return store


def _write(
    kind: Any, many: Any, box: list[Any], more: dict[str, int], stop: threading.Event
) -> None:
    from django.db import connections

    from apps.delivery import snapshot
    from apps.delivery.signing import RING

    chance = random.Random(SEED)
    place, kept, early = (many.place.pk, many.prompt.pk), b"", None
    while not stop.is_set():
        turn = chance.random()
        if turn < 0.5:
            toggled(many.prompt, many.place, many.releaser)
            more["releases"] += 1
            box[0].refresh()
        elif turn < 0.65:  # a process begins anew, from the disk or from the database
            store = kind()
            if kept:
                store.preload(snapshot.unpacked(kept, RING))
            store.refresh()
            box[0] = store
            more["lost"] += 1
        elif turn < 0.8:
            kept = snapshot.packed(box[0].memory(), RING)
            early = box[0].live[place]
        elif early is not None:  # read long ago, put in now
            box[0]._put_live(early)
            more["late"] += 1
        time.sleep(PAUSE / 4 * chance.random())
    connections.close_all()

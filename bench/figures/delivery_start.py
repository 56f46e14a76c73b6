"""A delivery process with 10,000 live prompts: its load, its first answer, its start from disk."""

import statistics
import time

from bench.delivering import delivering, get, nowhere, scaled, until_ready
from bench.run import Measured, figure
from bench.served import own_database

_kept: dict[str, list[float]] = {}
STARTS = 5


@figure("cold_first_answer_ms")
def cold_first_answer() -> Measured:
    """The first answer after a start: compiled and signed for it, over a new connection."""
    times = _all()["cold"]
    words = f"the second answer took {statistics.median(_all()['warm']):.1f} ms"
    return Measured(round(statistics.median(times), 1), "ms", len(times), words)


@figure("load_10000_s")
def load() -> Measured:
    times = _all()["load"]
    count = scaled("PROMPTS", 10_000)
    words = f"{count:,} live prompts, read from the database, without a snapshot"
    return Measured(round(statistics.median(times), 2), "s", len(times), words)


@figure("snapshot_start_s")
def snapshot_start() -> Measured:
    """From the start of the process to its first right answer, the database being away."""
    times = _all()["snapshot"]
    middle = statistics.median(times)
    words = f"1 s promised; slowest {max(times):.2f} s; snapshot {_all()['size'][0]:.1f} MB"
    return Measured(round(middle, 2), "s", len(times), words, round(middle / 1.0, 2))


def _all() -> dict[str, list[float]]:
    """Measured once a run: making the prompts takes longer than the figures."""
    if not _kept:
        with own_database() as name:
            from bench.many import make_many

            many = make_many(scaled("PROMPTS", 10_000))
            path = f"/api/v1/prompts/{many.paths[len(many.paths) // 2]}"
            _kept["load"], _kept["size"] = _loaded(name)
            pairs = [_answers(name, path, many.key) for _ in range(3)]
            _kept["cold"] = [first for first, _ in pairs]
            _kept["warm"] = [second for _, second in pairs]
            _kept["snapshot"] = [_from_disk(name, path, many.key) for _ in range(STARTS)]
    return _kept


def _loaded(name: str) -> tuple[list[float], list[float]]:
    """Seconds to read everything, thrice; and the snapshot written after it, in megabytes."""
    from apps.delivery import snapshot
    from apps.delivery.signing import RING
    from apps.delivery.store import Store
    from config.environment import read

    times = []
    for _ in range(3):
        store, begun = Store(), time.perf_counter()
        store.refresh()
        times.append(time.perf_counter() - begun)
    size = snapshot.write(read().data / "delivery" / name, store.memory(), RING)
    return times, [size / 1e6]


def _answers(name: str, path: str, key: str) -> tuple[float, float]:
    with delivering(name) as process:
        until_ready(process)
        return _timed(process.url + path, key), _timed(process.url + path, key)


def _timed(url: str, key: str) -> float:
    begun = time.perf_counter()
    status, _body = get(url, key)
    if status != 200:
        raise RuntimeError(f"the answer was {status}")
    return (time.perf_counter() - begun) * 1000


def _from_disk(name: str, path: str, key: str) -> float:
    with delivering(name, **nowhere(name)) as process:
        while get(process.url + path, key)[0] != 200:
            if time.perf_counter() - process.started > 60:
                raise RuntimeError("no answer from the snapshot within a minute")
            time.sleep(0.005)
        return time.perf_counter() - process.started

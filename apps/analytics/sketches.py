"""How long calls take, as a sketch that can be added up: logarithmic bins, each half a percent
around its middle, packed into bytes. The bins are those of ddsketch's `LogarithmicMapping`, and
ddsketch reads the percentiles from them. Pure."""

from __future__ import annotations

import math
import struct
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

ACCURACY = 0.005
PAIR = struct.Struct("<hI")  # bin, number of calls
SHARES = (0.5, 0.95, 0.99)

Bins = dict[int, int]


def pack(bins: Mapping[int, int]) -> bytes:
    """The same bins are always the same bytes."""
    return b"".join(PAIR.pack(key, bins[key]) for key in sorted(bins) if bins[key])


def unpack(packed: bytes | memoryview) -> Bins:
    return dict(PAIR.iter_unpack(bytes(packed)))


def added(packed: Iterable[bytes | memoryview]) -> Bins:
    """The sum of any number of packed bins, which may be strung together."""
    import numpy as np

    pairs = np.frombuffer(b"".join(packed), dtype=[("key", "<i2"), ("count", "<u4")])
    if not pairs.size:
        return {}
    least = int(pairs["key"].min())
    counts = np.bincount(pairs["key"].astype(np.int32) - least, weights=pairs["count"])
    return {int(key) + least: int(counts[key]) for key in np.flatnonzero(counts)}


@dataclass(frozen=True)
class Percentiles:
    """In milliseconds; None where there was no call."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


def percentiles(bins: Mapping[int, int]) -> Percentiles:
    sketch = _sketch(bins)
    return Percentiles(*(sketch.get_quantile_value(share) for share in SHARES))


def percentile(bins: Mapping[int, int], share: float) -> float | None:
    found: float | None = _sketch(bins).get_quantile_value(share)
    return found


def _sketch(bins: Mapping[int, int]) -> Any:
    from ddsketch.ddsketch import BaseDDSketch
    from ddsketch.store import DenseStore

    store = DenseStore()
    for key, count in bins.items():
        store.add(key, count)
    return BaseDDSketch(_middles(), store, DenseStore(), zero_count=0)


@cache
def _middles() -> Any:
    """What a bin stands for. Imported here: it takes a while, and delivery does not need it."""
    from ddsketch.mapping import LogarithmicMapping

    return LogarithmicMapping(ACCURACY)


def spread(bins: Mapping[int, int]) -> float:
    """The variance, as far as the bins know it."""
    calls = sum(bins.values())
    if not calls:
        return 0.0
    middles = [(_middles().value(key), count) for key, count in bins.items()]
    mean = sum(middle * count for middle, count in middles) / calls
    return sum(count * (middle - mean) ** 2 for middle, count in middles) / calls


@dataclass(frozen=True)
class Bar:
    """Calls that took from `low` to less than `high` milliseconds."""

    low: float
    high: float
    calls: int


STEPS = (1, 2, 5)


def histogram(bins: Mapping[int, int]) -> list[Bar]:
    """Bars that people can read: 1, 2, 5, 10, 20, 50 … milliseconds, from the first with a call to
    the last. A bin belongs to the bar in which its middle lies."""
    edges = [0.0, *(step * 10.0**power for power in range(9) for step in STEPS), math.inf]
    counts = [0] * (len(edges) - 1)
    for key, count in bins.items():
        counts[bisect_right(edges, _middles().value(key)) - 1] += count
    filled = [at for at, count in enumerate(counts) if count]
    if not filled:
        return []
    shown = range(filled[0], filled[-1] + 1)
    return [Bar(edges[at], edges[at + 1], counts[at]) for at in shown]

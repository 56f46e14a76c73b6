"""Latencies as keys of a mergeable sketch (package ddsketch): calls with the same key differ by at
most 1 %, so a percentile read from counted keys is right to half a percent. Pure."""

from __future__ import annotations

from ddsketch.mapping import LogarithmicMapping

ACCURACY = 0.005
SMALLEST = 0.001  # ms; what is faster counts as this
MAPPING = LogarithmicMapping(ACCURACY)


def bin_of(latency_ms: float) -> int:
    """The key of a latency."""
    return MAPPING.key(latency_ms if latency_ms > SMALLEST else SMALLEST)  # type: ignore[no-any-return]

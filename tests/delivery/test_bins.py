"""Latencies as keys: what the kept library would count, within its accuracy."""

from __future__ import annotations

import pytest
from ddsketch import DDSketch
from hypothesis import given
from hypothesis import strategies as st

from apps.delivery.bins import ACCURACY, MAPPING, bin_of


@given(st.floats(0.001, 1e9))
def test_key_stands_for_its_latency_within_half_a_percent(latency):
    key = bin_of(latency)

    assert MAPPING.value(key) == pytest.approx(latency, rel=ACCURACY * 1.001)
    assert -(2**15) < key < 2**15


def test_keys_are_those_of_the_sketch():
    sketch, latencies = DDSketch(ACCURACY), [0.5, 10.0, 812.5, 90_000.0]
    for latency in latencies:
        sketch.add(latency)

    found = [sketch.get_quantile_value(n / 3) for n in range(4)]

    assert found == [MAPPING.value(bin_of(latency)) for latency in latencies]
    assert bin_of(0.0) == bin_of(0.0001) == bin_of(0.001)

"""Bins that can be added up, and the percentiles read from them. No database."""

from __future__ import annotations

import random

import pytest
from ddsketch.mapping import LogarithmicMapping

from apps.analytics.sketches import ACCURACY, added, histogram, pack, percentiles, spread, unpack

KEY = LogarithmicMapping(ACCURACY).key


def bins_of(values):
    found = {}
    for value in values:
        found[KEY(value)] = found.get(KEY(value), 0) + 1
    return found


@pytest.mark.parametrize("seed", range(20))
def test_percentiles_are_within_one_percent_of_the_true_ones(seed):
    dice = random.Random(seed)
    values = sorted(dice.lognormvariate(6.5, dice.uniform(0.1, 1.5)) for _ in range(4000))

    found = percentiles(bins_of(values))

    for share, told in ((0.5, found.p50), (0.95, found.p95), (0.99, found.p99)):
        true = values[int(share * (len(values) - 1))]
        assert abs(told - true) / true <= 0.01


def test_bins_of_parts_add_up_to_the_bins_of_the_whole():
    dice = random.Random(4)
    values = [dice.lognormvariate(6, 1) for _ in range(600)]
    parts = [values[:100], values[100:101], values[101:], []]

    assert added(pack(bins_of(part)) for part in parts) == bins_of(values)
    assert unpack(pack(bins_of(values))) == bins_of(values)
    assert added([b"".join(pack(bins_of(part)) for part in parts)]) == bins_of(values)


def test_no_call_has_no_percentile_and_no_bar():
    assert percentiles({}).p50 is None
    assert histogram({}) == []
    assert added([]) == {}


def test_a_histogram_has_every_call_once_and_no_empty_bar_at_its_ends():
    values = [3, 40, 41, 700, 750, 60_000]

    bars = histogram(bins_of(values))

    assert sum(bar.calls for bar in bars) == len(values)
    assert (bars[0].low, bars[0].high, bars[-1].calls) == (2, 5, 1)
    assert [bar.calls for bar in bars if bar.calls] == [1, 2, 2, 1]


def test_the_spread_of_bins_is_that_of_the_values():
    values = [100.0] * 50 + [300.0] * 50

    assert round(spread(bins_of(values)) ** 0.5) in range(98, 103)
    assert spread({}) == 0.0

"""The statistics of experiments on simulated ones whose truth is known; `bench/figures/experiments`
runs the same in full."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.experiments.statistics import (
    Sequence,
    finding,
    is_off,
    limit,
    plan,
    planned_information,
    read,
    sample,
)
from tests.experiments.simulated import (
    KINDS,
    effect,
    ever_decided,
    fixed_decided,
    guard_alarms,
    naive_ratio_alarms,
    naively_decided,
    ratio_alarms,
)

RUNS = 400


@pytest.fixture
def dice():
    return np.random.default_rng(20_250_101)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_arms_looked_at_daily_are_decided_in_at_most_one_of_twenty(dice, kind):
    decided = ever_decided(dice, kind, RUNS)

    assert decided / RUNS <= 0.05


def test_a_plain_test_looked_at_daily_breaks_the_bound(dice):
    decided = naively_decided(dice, "share", RUNS)

    assert decided / RUNS > 0.15


def test_an_effect_that_a_fixed_test_sees_is_seen_by_daily_looks(dice):
    small, large = effect("share"), effect("share", 1.6)

    fixed = fixed_decided(dice, "share", 2000, small) / 2000
    daily = ever_decided(dice, "share", 2000, small) / 2000
    daily_large = ever_decided(dice, "share", 2000, large) / 2000

    assert abs(fixed - 0.8) < 0.03
    assert daily >= 0.45
    assert daily_large >= 0.94


def test_a_split_as_planned_is_called_off_in_at_most_one_of_a_hundred(dice):
    alarms = ratio_alarms(dice, 3000, (0.9, 0.1), (0.9, 0.1))
    found = ratio_alarms(dice, 300, (0.5, 0.5), (0.46, 0.54))
    naive = naive_ratio_alarms(dice, 3000)

    assert alarms / 3000 <= 0.01
    assert found / 300 > 0.9
    assert naive / 3000 > 0.03


def test_a_guard_catches_25_percent_errors_within_500_calls(dice):
    caught = guard_alarms(dice, 300, 0.05, 0.25, calls=500, share=0.05)
    wolf = guard_alarms(dice, 1000, 0.05, 0.05, calls=1000, share=0.05)

    assert caught / 300 >= 0.95
    assert wolf / 1000 <= 0.01


def test_the_interval_is_the_same_whatever_the_unit_of_the_metric():
    cents = Sequence(planned_information(0.5))
    euros = Sequence(planned_information(0.005))

    assert cents.width(40.0) == pytest.approx(100 * euros.width(40.0 * 100**2))


def test_nothing_is_said_before_the_first_look():
    sequence = Sequence(100.0)

    assert np.isinf(sequence.width(33.0))
    assert np.isfinite(sequence.width(34.0))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40))
def test_a_sample_from_sums_is_that_of_the_values(values):
    found = sample(len(values), sum(values), sum(value**2 for value in values))

    assert found.mean == pytest.approx(np.mean(values), abs=1e-9)
    assert found.variance == pytest.approx(np.var(values, ddof=1), abs=1e-7)


def shares(units, share):
    return sample(units, units * share, units * share, (0.0, 1.0))


def said(a, b, *, higher=True, smallest=0.03):
    reading = read(a, b, Sequence(planned_information(smallest)))
    return finding(reading, higher_is_better=higher, smallest=smallest)


@pytest.mark.parametrize(
    ("a", "b", "higher", "expected"),
    [
        (shares(0, 0.5), shares(9, 0.5), True, "nothing"),
        (shares(99, 0.5), shares(4000, 0.9), True, "few"),
        (shares(200, 0.5), shares(200, 0.52), True, "early"),
        (shares(5000, 0.5), shares(5000, 0.56), True, "better"),
        (shares(5000, 0.5), shares(5000, 0.56), False, "worse"),
        (shares(5000, 0.56), shares(5000, 0.5), True, "worse"),
        (shares(5000, 0.5), shares(5000, 0.51), True, "open"),
        (shares(9000, 0.5), shares(9000, 0.514), True, "done"),
        (shares(90000, 0.5), shares(90000, 0.5), True, "same"),
    ],
)
def test_what_is_found_follows_from_the_interval(a, b, higher, expected):
    assert said(a, b, higher=higher) == expected


@pytest.mark.parametrize(
    ("after", "allowed", "expected"),
    [(0.25, 0.01, "broken"), (0.05, 0.2, "kept"), (0.06, 0.01, "open"), (0.25, 0.25, "kept")],
)
def test_a_limit_is_broken_only_beyond_what_is_allowed(after, allowed, expected):
    a, b = shares(4000, 0.05), shares(2000, after)

    found = limit(a, b, higher_is_better=False, worse=allowed, relative=False)

    assert found == expected


def test_a_relative_limit_is_a_part_of_what_the_first_arm_has():
    a = sample(1000, 1000 * 200.0, 1000 * (200.0**2 + 30.0**2))
    b = sample(1000, 1000 * 240.0, 1000 * (240.0**2 + 30.0**2))

    narrow = limit(a, b, higher_is_better=False, worse=0.15, relative=True)
    wide = limit(a, b, higher_is_better=False, worse=0.25, relative=True)

    assert (narrow, wide) == ("broken", "kept")


def test_a_plan_needs_more_units_than_one_look_and_at_least_100_of_each_arm():
    found = plan(0.03, 0.25, (50, 50), 700.0)
    large = plan(0.5, 0.25, (90, 10), None)

    assert found.units_of_one_look == pytest.approx(8721, rel=0.01)
    assert found.units == pytest.approx(found.units_of_one_look * 1.66, rel=0.02)
    assert found.days == -(-found.units // 700)
    assert (large.units, large.days) == (1000, None)


def test_a_split_that_was_off_once_stays_off():
    rows = [[900, 1100], [5000, 5010]]

    assert is_off([[1000, 1010], [5000, 5010]], [50, 50]) is False
    assert is_off(rows, [50, 50]) is True

"""What is said of figures, and what is never said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.analytics.comparing import Measured, compared
from apps.analytics.scopes import Liked, Sum
from apps.analytics.sketches import pack
from apps.analytics.words import change, cost, duration, percent, points
from tests.analytics.test_sketches import bins_of


def plain(text):
    return text.replace("\u00a0", " ")


def version(name, *, calls=1000, latency=1000.0, cost="0.002", errors=20, liked=(0, 0), unpriced=0):
    values = [latency * (0.9 if at % 2 else 1.1) for at in range(calls)]
    sums = Sum(
        calls, errors, 100 * calls, 50 * calls, Decimal(cost) * (calls - unpriced), unpriced,
        sum(values), (pack(bins_of(values)),),
    )  # fmt: skip
    return Measured(name, sums, Liked(*liked))


SEEN = " This is what was seen; other calls or another time can be the cause."


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({"latency": 1210.0, "cost": "0.00184"}, "v14 is 210 ms slower and 8 % cheaper than v13."),
        ({"latency": 700.0}, "v14 is 300 ms faster than v13."),
        ({"cost": "0.003"}, "v14 is 50 % dearer than v13."),
        ({"errors": 90}, "v14 fails more often (9 % of its calls, not 2 %), compared with v13."),
    ],
)
def test_what_differs_is_said(new, said):
    assert plain(compared(version("v14", **new), version("v13"))) == said + SEEN


@pytest.mark.parametrize(
    "new",
    [
        {},
        {"latency": 1010.0},  # one percent: nobody notices
        {"cost": "0.00202"},
        {"errors": 26},  # chance alone makes as much
        {"liked": (40, 40)},  # too few ratings
        {"cost": "0.004", "unpriced": 500},  # half of the cost is not known
    ],
)
def test_what_is_small_or_chance_is_not_said(new):
    found = compared(version("v14", **new), version("v13", liked=(400, 300)))

    assert found == "No clear difference between v14 and v13."


def test_ratings_are_compared_when_there_are_enough():
    found = compared(version("v14", liked=(400, 360)), version("v13", liked=(400, 300)))

    assert plain(found) == (
        "v14 pleases more often (90 % of the answers to it, not 75 %), compared with v13." + SEEN
    )


def test_sampled_answers_are_compared_when_there_are_enough():
    old = replace(version("v13"), checked=Liked(60, 60))
    few, same = Liked(49, 10), Liked(60, 58)

    assert plain(compared(replace(version("v14"), checked=Liked(60, 40)), old)).startswith(
        "v14 passes every check less often (66.7 % of its sampled answers, not 100 %),"
    )
    for checked in (few, same):
        words = compared(replace(version("v14"), checked=checked), old)
        assert words.startswith("No clear difference between v14 and v13.")


def test_a_few_calls_are_too_early_and_a_hundred_are_enough():
    few = compared(version("v14", calls=99, errors=0), version("v13"))
    enough = compared(version("v14", calls=100, errors=0, latency=5000.0), version("v13"))

    assert plain(few) == (
        "Too early to compare: v14 has 99 calls here, and each version needs 100."
    )
    assert plain(enough).startswith("v14 is 4 s slower than v13.")


def test_only_a_split_is_left_to_chance():
    found = compared(version("v14", latency=700.0), version("v13"), together=True)

    assert found.endswith("Both ran at the same time, and chance decided who got which.")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (percent(0.0123), "1.2 %"),
        (percent(0.5), "50 %"),
        (percent(0.00001), "under 0.1 %"),
        (percent(0.0), "0 %"),
        (percent(None), "–"),
        (duration(212.4), "212 ms"),
        (duration(1840), "1.8 s"),
        (duration(240_000), "4 min"),
        (cost(Decimal("12.4")), "$12.40"),
        (cost(Decimal(0)), "$0.00"),
        (cost(Decimal("0.0031")), "0.31 ¢"),
        (change(104, 100), "4 % more than in the time before"),
        (change(100, 100), "as much as in the time before"),
        (change(40, 100), "60 % less than in the time before"),
        (change(300, 100), "3.0 times as much as in the time before"),
        (change(3, 0), "none in the time before"),
        (points(0.05, 0.03), "2 points more than in the time before"),
        (points(0.02, 0.03), "1 point less than in the time before"),
        (points(0.03, None), "nothing to compare with"),
    ],
)
def test_figures_have_their_units(found, words):
    assert plain(found) == words

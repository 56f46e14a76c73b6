from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.releases.assignment import arm_for, point, weights_fit
from tests.prompts.documents import vectors

SALT = "4bQpXz0Kc1YtR7uWmN2sLd"
N = 20_000


def split(*weights: int, salt: str = SALT) -> dict[str, Any]:
    arms = [{"arm": "abcdef"[n], "version": n + 1, "weight": w} for n, w in enumerate(weights)]
    return {"id": "one", "salt": salt, "unit": "unit", "arms": arms}


@pytest.mark.parametrize("vector", vectors("assignment"), ids=lambda vector: vector["name"])
def test_assignment_follows_the_vectors(vector: dict[str, Any]) -> None:
    shown = vector["split"]

    assert point(shown["salt"], vector["unit"]) == vector["point"]
    assert arm_for(shown, vector["unit"], vector.get("attributes"))["arm"] == vector["arm"]


@given(st.text(max_size=40), st.integers(0, 100), st.integers(0, 100))
def test_an_arm_keeps_its_units_while_its_share_does_not_shrink(unit: str, old: int, new: int):
    before, after = arm_for(split(100 - old, old), unit), arm_for(split(100 - new, new), unit)

    kept = "b" if new >= old else "a"

    assert before["arm"] != kept or after["arm"] == kept


def test_arms_get_their_share_of_the_units():
    """n = 20,000 units; 4 standard deviations of a binomial with p = 0.1 are 170."""
    found = sum(arm_for(split(90, 10), f"user-{n}")["arm"] == "b" for n in range(N))

    assert abs(found - N / 10) < 170


def test_another_salt_sends_other_units():
    """Nobody is the first in every rollout: of those in the tenth, about a tenth is so again."""
    first = {n for n in range(N) if arm_for(split(90, 10), f"user-{n}")["arm"] == "b"}
    second = {n for n in first if arm_for(split(90, 10, salt="other"), f"user-{n}")["arm"] == "b"}

    assert len(second) < len(first) / 5


@pytest.mark.parametrize(
    ("weights", "fit"),
    [
        ((90, 10), True),
        ((100, 0), True),
        ((90, 9), False),
        ((110, -10), False),
        ((90.0, 10.0), False),
        ((True, 99), False),
        ((), False),
    ],
)
def test_weights_are_whole_percents_that_make_100(weights: tuple[Any, ...], fit: bool):
    assert weights_fit(weights) is fit

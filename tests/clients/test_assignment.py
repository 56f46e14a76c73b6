"""The library chooses the arm that the server would choose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from galley_client.assignment import POINTS, arm_for, place, unit_for
from hypothesis import given
from hypothesis import strategies as st

from apps.releases import assignment as server_side

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "assignment.json").read_text())
SPLIT = {
    "id": "s",
    "salt": "x",
    "arms": [
        {"arm": "a", "version": 1, "weight": 99},
        {"arm": "b", "version": 2, "weight": 1},
        {"arm": "c", "version": 3, "weight": 0},
    ],
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_assignment_follows_the_vectors(vector: dict[str, Any]) -> None:
    split, unit = vector["split"], vector["unit"]

    assert arm_for(split, unit) == vector["arm"]
    assert place(split["salt"], unit) / POINTS == vector["point"]


@given(st.text(max_size=30), st.text(max_size=40), st.integers(0, 100))
def test_assignment_agrees_with_the_server(salt: str, unit: str, weight: int) -> None:
    arms = [{"arm": "a", "version": 1, "weight": 100 - weight}]
    split = {"salt": salt, "arms": [*arms, {"arm": "b", "version": 2, "weight": weight}]}

    assert arm_for(split, unit) == server_side.arm_for(split, unit)["arm"]


def test_a_made_up_unit_lies_in_its_arm() -> None:
    assert [arm_for(SPLIT, unit_for(SPLIT, arm)) for arm in "ab"] == ["a", "b"]
    with pytest.raises(ValueError, match="arm c has no share"):
        unit_for(SPLIT, "c")


def test_weights_that_do_not_make_100_are_refused() -> None:
    broken = {"salt": "x", "arms": [{"arm": "a", "version": 1, "weight": 0}]}

    with pytest.raises(ValueError, match="do not make 100"):
        arm_for(broken, "u")

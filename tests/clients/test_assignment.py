"""The library chooses the arm that the server would choose."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from galley_client.assignment import POINTS, arm_for, place, query_for, unit_for
from galley_client.audience import OPERATORS, is_inside
from hypothesis import given
from hypothesis import strategies as st

from apps.delivery.query import wanted
from apps.releases import assignment as server_side
from apps.releases.splits import as_told, shared

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

    assert arm_for(split, unit, vector.get("attributes")) == vector["arm"]
    assert place(split["salt"], unit) / POINTS == vector["point"]


@given(st.text(max_size=30), st.text(max_size=40), st.integers(0, 100))
def test_assignment_agrees_with_the_server(salt: str, unit: str, weight: int) -> None:
    arms = [{"arm": "a", "version": 1, "weight": 100 - weight}]
    split = {"salt": salt, "arms": [*arms, {"arm": "b", "version": 2, "weight": weight}]}

    assert arm_for(split, unit) == server_side.arm_for(split, unit)["arm"]


VALUES = st.sampled_from(["pro", "Pro", "pr", "", "é", "é", "team"])
CONDITIONS = st.builds(
    lambda name, operator, values: {"attribute": name, "operator": operator, "values": values},
    st.sampled_from(["plan", "country"]),
    st.sampled_from([*OPERATORS, "of_tomorrow"]),
    st.lists(VALUES, min_size=1, max_size=3),
)


@given(
    st.lists(CONDITIONS, min_size=1, max_size=3),
    st.dictionaries(st.sampled_from(["plan", "country", "city"]), VALUES),
    st.text(max_size=20),
)
def test_audiences_agree_with_the_server(conditions: list, said: dict, unit: str) -> None:
    told = as_told(shared([(1, 60), (2, 40)], conditions))

    assert arm_for(told, unit, said) == server_side.arm_for(told, unit, said)["arm"]


def test_what_asks_for_an_arm_of_an_audience_gets_it() -> None:
    """Of each operator, and of the arm outside."""
    conditions = [
        {"attribute": "plan", "operator": "in", "values": ["pro", "team"]},
        {"attribute": "country", "operator": "not_in", "values": ["DE", "other0"]},
        {"attribute": "version", "operator": "starts_with", "values": ["3."]},
    ]
    told = as_told(shared([(1, 60), (2, 40)], conditions))

    asked = {arm: wanted(urlencode(query_for(told, arm))) for arm in ("outside", "a", "b")}

    assert {
        arm: server_side.arm_for(told, one.unit, one.attributes)["arm"]
        for arm, one in asked.items()
    } == {"outside": "outside", "a": "a", "b": "b"}  # fmt: skip


def test_values_are_compared_as_texts() -> None:
    conditions = [{"attribute": "beta", "operator": "in", "values": ["true", "3"]}]
    said = [True, 3, "true", False, "True", None, [3]]

    found = [is_inside(conditions, {"beta": value}) for value in said]

    assert found == [True, True, True, False, False, False, False]


def test_a_made_up_unit_lies_in_its_arm() -> None:
    assert [arm_for(SPLIT, unit_for(SPLIT, arm)) for arm in "ab"] == ["a", "b"]
    with pytest.raises(ValueError, match="arm c has no share"):
        unit_for(SPLIT, "c")


def test_weights_that_do_not_make_100_are_refused() -> None:
    broken = {"salt": "x", "arms": [{"arm": "a", "version": 1, "weight": 0}]}

    with pytest.raises(ValueError, match="do not make 100"):
        arm_for(broken, "u")

"""Who gets which version while a release runs by steps. Pure, without Django: the client library
computes the same (`tests/vectors/assignment.json`).

A unit (a customer, a conversation) is a point on [0, 1): the first 53 bits of SHA-256 of
`salt:unit`, as a fraction of 2**53, which a float holds exactly. The arms lie on [0, 1) one after
the other, each as wide as its weight in percent. So the arm that comes last keeps every unit that
it has while it grows, and with two arms each keeps its units while its share does not shrink.

A split with an audience has two rows of arms: `arms` for the calls outside of it, and those of the
audience for whoever says attributes that fit every condition. What a call does not say fits none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

WHOLE = 100  # percent
POINTS = 2**53
LONGEST_UNIT = 256  # characters
OUTSIDE = "outside"  # the arm of the calls that the audience leaves out
Arm = Mapping[str, Any]  # arm, version, weight
Condition = Mapping[str, Any]  # attribute, operator, values
Attributes = Mapping[str, str]
OPERATORS: Mapping[str, Callable[[str, Sequence[str]], bool]] = {
    "in": lambda value, values: value in values,
    "not_in": lambda value, values: value not in values,
    "starts_with": lambda value, values: value.startswith(tuple(values)),
}


def point(salt: str, unit: str) -> float:
    """Where a unit lies on [0, 1): the same on every machine, for ever."""
    return _place(salt, unit) / POINTS


def arm_for(split: Mapping[str, Any], unit: str, attributes: Attributes | None = None) -> Arm:
    """The arm of a split, as the answer tells it, that a unit gets. Arms without weight get
    nobody."""
    place, end = _place(split["salt"], unit) * WHOLE, 0
    for arm in _arms_for(split, attributes or {}):
        end += arm["weight"] * POINTS
        if place < end:
            return arm
    raise ValueError("the weights do not make 100")


def is_inside(conditions: Iterable[Condition], attributes: Attributes) -> bool:
    return all(_fits(condition, attributes) for condition in conditions)


def _fits(condition: Condition, attributes: Attributes) -> bool:
    """An operator that is not known here lets nobody in."""
    value = attributes.get(condition["attribute"])
    test = OPERATORS.get(condition["operator"])
    return value is not None and test is not None and test(value, condition["values"])


def _arms_for(split: Mapping[str, Any], attributes: Attributes) -> Sequence[Arm]:
    arms: Sequence[Arm] = split["arms"]
    audience = split.get("audience")
    if audience is None:
        return arms
    inside: Sequence[Arm] = audience["arms"]
    return inside if is_inside(audience["all"], attributes) else arms


def _place(salt: str, unit: str) -> int:
    digest = hashlib.sha256(f"{salt}:{unit}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def weights_fit(weights: Iterable[Any]) -> bool:
    """Whether these are whole percents that make 100."""
    found = list(weights)
    whole = all(type(weight) is int and 0 <= weight <= WHOLE for weight in found)
    return whole and sum(found) == WHOLE

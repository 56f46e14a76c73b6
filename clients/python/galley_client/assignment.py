"""Which arm of a split a unit gets, as the server computes it (`tests/vectors/assignment.json`): so
a call for a unit needs no request, and the unit never leaves the application.

A unit is a point on [0, 1): the first 53 bits of SHA-256 of `salt:unit`. The arms lie on [0, 1) one
after the other, each as wide as its weight in percent. A split with an audience has other arms for
those in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from galley_client.audience import fitting, is_inside

POINTS = 2**53
WHOLE = 100  # percent


def place(salt: str, unit: str) -> int:
    """Where a unit lies, as a whole number from 0 to 2**53 - 1."""
    text = f"{salt}:{unit}"
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(sha256(data).digest()[:8], "big") >> 11


def ends_of(split: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Where each arm ends, in the measure of `arm_at`; ValueError if the weights do not make
    100."""
    ends, end = [], 0
    for arm in split["arms"]:
        end += arm["weight"] * POINTS
        ends.append((end, str(arm["arm"])))
    if end != WHOLE * POINTS:
        raise ValueError("the weights do not make 100")
    return ends


def arm_at(salt: str, ends: Sequence[tuple[int, str]], unit: str) -> str:
    """The name of the arm that a unit gets."""
    point = place(salt, unit) * WHOLE
    for end, arm in ends:
        if point < end:
            return arm
    raise ValueError("the weights do not make 100")


def arm_for(
    split: Mapping[str, Any], unit: str, attributes: Mapping[str, object] | None = None
) -> str:
    """The name of the arm that a unit gets; ValueError if the weights do not make 100."""
    audience = split.get("audience")
    if audience is not None and is_inside(audience["all"], attributes):
        return arm_at(split["salt"], ends_of(audience), unit)
    return arm_at(split["salt"], ends_of(split), unit)


def query_for(split: Mapping[str, Any], arm: str) -> dict[str, str]:
    """What to ask the server with for the arm's answer; ValueError for an arm that nobody gets."""
    audience = split.get("audience")
    if audience is None or arm not in [each["arm"] for each in audience["arms"] if each["weight"]]:
        return {"unit": unit_for(split, arm)}
    said = fitting(audience["all"])
    inside = {"salt": split["salt"], "arms": audience["arms"]}
    attributes = {f"attr[{name}]": value for name, value in said.items()}
    return {"unit": unit_for(inside, arm), **attributes}


def unit_for(split: Mapping[str, Any], arm: str) -> str:
    """A made-up unit that lies in this arm, to ask the server for the arm's answer; ValueError for
    an arm that nobody gets."""
    ends = ends_of(split)
    for number in range(5000):
        if arm_at(split["salt"], ends, f"arm-{number}") == arm:
            return f"arm-{number}"
    raise ValueError(f"arm {arm} has no share")

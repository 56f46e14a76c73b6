"""Which arm of a split a unit gets, as the server computes it (`tests/vectors/assignment.json`): so
a call for a unit needs no request, and the unit never leaves the application.

A unit is a point on [0, 1): the first 53 bits of SHA-256 of `salt:unit`. The arms lie on [0, 1) one
after the other, each as wide as its weight in percent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

POINTS = 2**53
WHOLE = 100  # percent


def place(salt: str, unit: str) -> int:
    """Where a unit lies, as a whole number from 0 to 2**53 - 1."""
    digest = hashlib.sha256(f"{salt}:{unit}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def arm_for(split: Mapping[str, Any], unit: str) -> str:
    """The name of the arm that a unit gets; ValueError if the weights do not make 100."""
    point, end = place(split["salt"], unit) * WHOLE, 0
    for arm in split["arms"]:
        end += arm["weight"] * POINTS
        if point < end:
            return str(arm["arm"])
    raise ValueError("the weights do not make 100")


def unit_for(split: Mapping[str, Any], arm: str) -> str:
    """A made-up unit that lies in this arm, to ask the server for the arm's answer; ValueError for
    an arm that nobody gets."""
    for number in range(5000):
        if arm_for(split, f"arm-{number}") == arm:
            return f"arm-{number}"
    raise ValueError(f"arm {arm} has no share")

"""Who gets which version while a release runs by steps. Pure, without Django: the client library
computes the same (`tests/vectors/assignment.json`).

A unit (a customer, a conversation) is a point on [0, 1): the first 53 bits of SHA-256 of
`salt:unit`, as a fraction of 2**53, which a float holds exactly. The arms lie on [0, 1) one after
the other, each as wide as its weight in percent. So the arm that comes last keeps every unit that
it has while it grows, and with two arms each keeps its units while its share does not shrink.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

WHOLE = 100  # percent
POINTS = 2**53
LONGEST_UNIT = 256  # characters
Arm = Mapping[str, Any]  # arm, version, weight


def point(salt: str, unit: str) -> float:
    """Where a unit lies on [0, 1): the same on every machine, for ever."""
    return _place(salt, unit) / POINTS


def arm_for(split: Mapping[str, Any], unit: str) -> Arm:
    """The arm of a split that a unit gets. Arms without weight get nobody."""
    arms: Sequence[Arm] = split["arms"]
    place, end = _place(split["salt"], unit) * WHOLE, 0
    for arm in arms:
        end += arm["weight"] * POINTS
        if place < end:
            return arm
    raise ValueError("the weights do not make 100")


def _place(salt: str, unit: str) -> int:
    digest = hashlib.sha256(f"{salt}:{unit}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def weights_fit(weights: Iterable[Any]) -> bool:
    """Whether these are whole percents that make 100."""
    found = list(weights)
    whole = all(type(weight) is int and 0 <= weight <= WHOLE for weight in found)
    return whole and sum(found) == WHOLE

"""Server, client library and twenty lines written anew agree on who gets which arm."""

import hashlib
import math
import random
import sys
from fractions import Fraction
from typing import Any

from bench.delivering import scaled
from bench.run import SEED, Measured, figure
from tests.live import ROOT

UNITS = 1_000_000
SHARES = (10, 25)
WORDS = {  # an empty one is not said
    "plan": ["", "pro", "Pro", "free", "team", "proto"],
    "country": ["", "PT", "DE", "P", "ÅL"],
}
AUDIENCES = [
    [{"attribute": "plan", "operator": "in", "values": ["pro", "team"]}],
    [{"attribute": "country", "operator": "not_in", "values": ["DE", "ÅL"]}],
    [{"attribute": "plan", "operator": "starts_with", "values": ["pro", "f"]},
     {"attribute": "country", "operator": "starts_with", "values": ["P"]}],
]  # fmt: skip
ANSWER: dict[str, Any] = {
    "prompt": "a", "version": 1, "revision": 1, "environment": "production", "content_hash": "",
    "messages": [], "variables": [], "model": None, "output": {}, "tools": [],
}  # fmt: skip


def arm_of(split: dict[str, Any], unit: str, said: dict[str, str]) -> str:
    """The reference: exact fractions, straight from the sentences in the API's document."""
    salt, arms, audience = split["salt"], split["arms"], split["audience"]
    if audience and all(fits(each, said) for each in audience["all"]):
        arms = audience["arms"]
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).hexdigest()
    n = Fraction(int(digest, 16) >> (256 - 53), 2**53)
    end = Fraction(0)
    for arm in arms:
        end += Fraction(arm["weight"], 100)
        if n < end:
            return str(arm["arm"])
    raise AssertionError("the weights do not make 100")


def fits(condition: dict[str, Any], said: dict[str, str]) -> bool:
    value, values = said.get(condition["attribute"]), condition["values"]
    if value is None:
        return False
    if condition["operator"] == "starts_with":
        return any(value[: len(begun)] == begun for begun in values)
    return (value in values) == (condition["operator"] == "in")


@figure("assignment_mismatches")
def assignment_mismatches() -> Measured:
    """Also fails where a share is off by four standard errors or growing it moves anybody out, or
    a call outside of the audience gets another arm than `outside`."""
    count = scaled("UNITS", UNITS)
    mismatches, found = compared(count)
    mismatches += differing(count)
    for share, units in found.items():
        error = math.sqrt(share / 100 * (1 - share / 100) / count)
        if abs(len(units) / count - share / 100) > 4 * error:
            raise RuntimeError(f"{len(units)} of {count} units got {share} percent")
    moved = len(found[SHARES[0]] - found[SHARES[1]])
    words = f"{moved} moved out when {SHARES[0]} % grew to {SHARES[1]} %"
    return Measured(mismatches + moved, "units", count, words)


def compared(count: int) -> tuple[int, dict[int, set[int]]]:
    """How many units the three do not agree on, and who got the new arm at each share."""
    sys.path.insert(0, str(ROOT / "clients" / "python"))
    from galley_client.assignment import arm_at, ends_of

    from apps.releases.assignment import arm_for
    from apps.releases.splits import as_told, new_split, with_share

    split = {**new_split(1, 2, SHARES[0]), "salt": f"{random.Random(SEED).getrandbits(96):x}"}
    mismatches, found = 0, {}
    for share in SHARES:
        now = as_told(with_share(split, share))
        ends, salt = ends_of(now), now["salt"]
        got = found[share] = set()
        for number in range(count):
            unit = f"customer-{number}"
            arm = str(arm_for(now, unit)["arm"])
            mismatches += not arm == arm_at(salt, ends, unit) == arm_of(now, unit, {})
            if arm == "b":
                got.add(number)
    return mismatches, found


def differing(count: int) -> int:
    """The same for experiments with an audience, and calls that say this and that."""
    sys.path.insert(0, str(ROOT / "clients" / "python"))
    from galley_client.released import Released, released_from

    from apps.releases.assignment import arm_for
    from apps.releases.splits import as_told, shared

    dice, mismatches = random.Random(SEED), 0
    splits = [as_told(shared([(1, 50), (2, 30), (3, 20)], audience)) for audience in AUDIENCES]
    known: list[Released] = [released_from({**ANSWER, "split": {**s, "arm": None}}) for s in splits]
    for number in range(count):
        place, unit = number % len(splits), f"customer-{number}"
        said = {name: value for name in WORDS if (value := dice.choice(WORDS[name]))}
        arm = str(arm_for(splits[place], unit, said)["arm"])
        reference = arm_of(splits[place], unit, said)
        mismatches += not arm == known[place].arm_of(unit, said) == reference
    return mismatches

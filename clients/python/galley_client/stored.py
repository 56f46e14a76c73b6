"""Signed answers that come from a file: read into what is known of a prompt, or refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from galley_client.known import Known
from galley_client.released import Released, released_from
from galley_client.signing import PublicKeys

LARGEST_FILE = 256 * 1024 * 1024  # bytes


def read_document(path: Path) -> dict[str, Any]:
    """OSError without the file, ValueError if it holds no JSON object."""
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError("it is too large")
    try:
        document = json.loads(path.read_bytes())
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("it is no JSON object")
    return document


def checked(
    answers: Iterable[Mapping[str, Any]], keys: PublicKeys, environment: str
) -> list[Released]:
    """Each as signed; BadSignature or ValueError for the first that is not, or that belongs to
    another environment than the key's."""
    found = []
    for answer in answers:
        if not isinstance(answer, dict):
            raise ValueError("it holds no answers")
        keys.check(answer)
        released = released_from(answer)
        if environment and released.environment != environment:
            raise ValueError(f"it is of {released.environment}, the key of {environment}")
        found.append(released)
    return found


def known_from(answers: list[Released], clock: Callable[[], float], age: float) -> Known | None:
    """One prompt's answers, put together: the one for everybody (in a split the one without an arm,
    else the first arm's) and each arm's. `age` in seconds."""
    if not answers:
        return None
    first = next((one for one in answers if one.arm is None), answers[0])
    arms: dict[str, Released] = {one.arm: one for one in answers if one.arm is not None}
    same = all(one.revision == first.revision for one in answers)
    if not same or (arms and not set(first.shares) <= set(arms)):
        arms = {}
    first = replace(first, arm=None)
    return Known(first, clock, arms=arms, confirmed=clock() - age, is_stale=True)

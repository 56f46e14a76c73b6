"""Whether the cases of a suite give a prompt what it asks for, before any model is asked. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from apps.evaluations.filling import fill

TOLD = 4  # reasons


def unfit(
    variables: Iterable[dict[str, Any]], cases: Iterable[Mapping[str, Any]]
) -> tuple[int, list[str]]:
    """How many cases could not run, and why: the most frequent reasons first."""
    known = list(variables)
    many, reasons = 0, Counter[str]()
    for case in cases:
        found = [why for one in known if (why := fill([one], case["values"])[1])]
        many += bool(found)
        reasons.update(found)
    return many, [why for why, _count in reasons.most_common(TOLD)]

"""A form that was opened before somebody else changed what it shows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reconciled:
    """`values` may be written unless there are `clashes`: fields that both changed, and what they
    are now."""

    values: dict[str, Any]
    clashes: dict[str, Any]


def reconcile(
    then: Mapping[str, Any], now: Mapping[str, Any], typed: Mapping[str, Any]
) -> Reconciled:
    """`then` is what the form was opened with. A field left alone takes what it is now."""
    values, clashes = dict(typed), {}
    for name, value in typed.items():
        if name not in then or now[name] == then[name] or value == now[name]:
            continue
        if value == then[name]:
            values[name] = now[name]
        else:
            clashes[name] = now[name]
    return Reconciled(values, clashes)

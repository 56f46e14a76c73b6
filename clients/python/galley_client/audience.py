"""Whether a call is in the audience of a split, by what the application says of its unit. The
server decides the same (`tests/vectors/assignment.json`), so attributes stay in the application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Condition = Mapping[str, Any]
OPERATORS: dict[str, Callable[[str, Sequence[str]], bool]] = {
    "in": lambda value, values: value in values,
    "not_in": lambda value, values: value not in values,
    "starts_with": lambda value, values: value.startswith(tuple(values)),
}


def is_inside(conditions: Iterable[Condition], attributes: Mapping[str, object] | None) -> bool:
    """Whether all of them fit; what is not said fits none."""
    said = attributes or {}
    return all(_fits(condition, said) for condition in conditions)


def is_known(conditions: Iterable[Condition]) -> bool:
    """Whether this library can tell who is inside."""
    return all(condition["operator"] in OPERATORS for condition in conditions)


def fitting(conditions: Iterable[Condition]) -> dict[str, str]:
    """Attributes of somebody who is inside."""
    return {each["attribute"]: _value(each["operator"], each["values"]) for each in conditions}


def _fits(condition: Condition, said: Mapping[str, object]) -> bool:
    value = said.get(condition["attribute"])
    test = OPERATORS.get(condition["operator"])
    return value is not None and test is not None and test(_text(value), condition["values"])


def _text(value: object) -> str:
    """Yes and no as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(operator: str, values: Sequence[str]) -> str:
    if operator != "not_in":
        return values[0]
    return next(f"other{number}" for number in range(1000) if f"other{number}" not in values)

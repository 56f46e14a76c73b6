"""Values of a case for the variables of a prompt: what a sheet gave as text gets its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.prompts.values import check_value, read_value

AS_TYPED = ("text", "long_text", "choice")


def fill(
    variables: Iterable[dict[str, Any]], values: Mapping[str, Any]
) -> tuple[dict[str, Any], str]:
    """Values by variable, and a sentence where one is missing or of the wrong type."""
    filled: dict[str, Any] = {}
    for variable in variables:
        value = values.get(variable["name"])
        if isinstance(value, str) and variable["type"] not in AS_TYPED:
            value, sentence = read_value(variable, value)
        else:
            value = None if value == "" else value
            sentence = check_value(variable, value)
        if sentence:
            return {}, sentence
        if value is not None:
            filled[variable["name"]] = value
    return filled, ""

"""JSON as it stands in an answer: by itself, or inside a code fence."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"\A\s*```[A-Za-z0-9]{0,20}[ \t]*\n(.*)\n?```\s*\Z", re.DOTALL)


class NoJson(Exception):
    """The sentence says where the text stops being JSON."""


def read_json(text: str, *, fenced: bool = True) -> Any:
    """Raises NoJson."""
    inside = _FENCE.match(text) if fenced else None
    try:
        return json.loads(inside[1] if inside else text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise NoJson(f"Not valid JSON: line {error.lineno}, character {error.colno}.") from None
    except (ValueError, RecursionError):
        raise NoJson("Not valid JSON: nested too deeply, or a number that JSON has not.") from None


def _refuse(name: str) -> Any:
    raise ValueError(name)


def at(document: Any, path: str) -> tuple[bool, Any]:
    """(found, value) at a path such as `refund.items[0].amount`."""
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return False, None
    return True, document

"""One value of a variable: does it fit, and which text does it become.

How a value becomes text (the server does the same, by the same vectors):

- text, long text, choice: as it is;
- number: an int by its digits; a float without a fraction as an int, any other by its shortest
  digits (`0.1`, `1e+21`);
- yes/no: `yes` or `no`;
- list (of texts, numbers and yes/no): one line an item, `- item`;
- JSON: in one line, `{"a": [1, 2]}`, fields in the order given, letters not escaped;
- no value for a variable that is not required: its default, or empty text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MAX_DIGITS = 30
MAX_ITEMS = 1000
MAX_VALUE_CHARACTERS = 1024 * 1024
_MAX_DEPTH = 20
_WORDS = {True: "yes", False: "no"}


def check_value(variable: Mapping[str, Any], value: Any) -> str:
    """A sentence that names the variable, or "". None stands for no value."""
    name, type = variable["name"], variable["type"]
    if value is None:
        return f"“{name}” needs a value." if variable["required"] else ""
    if type in ("text", "long_text"):
        return _check_text(name, value, variable["max_length"])
    if type == "number":
        return "" if _is_number(value) else f"“{name}” must be a number, such as 3 or 0.5."
    if type == "yes_no":
        return "" if isinstance(value, bool) else f"“{name}” must be yes or no (true or false)."
    if type == "choice":
        return _check_choice(name, value, variable["choices"])
    return _check_list(name, value) if type == "list" else _check_json(name, value)


def _check_text(name: str, value: Any, most: int | None) -> str:
    if not isinstance(value, str):
        return f"“{name}” must be a text."
    most = MAX_VALUE_CHARACTERS if most is None else most
    if len(value) > most:
        return f"“{name}” holds {len(value):,} characters; at most {most:,} are allowed."
    return _check_letters(name, value)


def _check_letters(name: str, text: str) -> str:
    if "\x00" not in text and text.isascii():
        return ""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        return f"“{name}” holds a NUL character or half of a broken one."
    return ""


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return bool(-(10**MAX_DIGITS) < value < 10**MAX_DIGITS)
    return isinstance(value, float) and -1e308 <= value <= 1e308


def _check_choice(name: str, value: Any, choices: list[str]) -> str:
    if isinstance(value, str) and value in choices:
        return ""
    shown = ", ".join(choices[:10]) + (", …" if len(choices) > 10 else "")
    return f"“{name}” must be one of: {shown}."


def _check_list(name: str, value: Any) -> str:
    if not isinstance(value, list | tuple) or len(value) > MAX_ITEMS:
        return f"“{name}” must be a list of at most {MAX_ITEMS:,} items."
    for item in value:
        if isinstance(item, str):
            if sentence := _check_letters(name, item):
                return sentence
        elif not isinstance(item, bool) and not _is_number(item):
            return f"“{name}” may hold texts, numbers and yes or no only."
    return ""


def _check_json(name: str, value: Any) -> str:
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, dict | list | tuple):
            if depth > _MAX_DEPTH:
                return f"“{name}” is nested deeper than {_MAX_DEPTH} levels."
            inner = [*part, *part.values()] if isinstance(part, dict) else part
            waiting += [(item, depth + 1) for item in inner]
        elif isinstance(part, str):
            if sentence := _check_letters(name, part):
                return sentence
        elif part is not None and not isinstance(part, bool) and not _is_number(part):
            return f"“{name}” must be JSON: objects, lists, texts, numbers, true, false, null."
    return ""


def value_text(variable: Mapping[str, Any], value: Any) -> str:
    """The text that stands in the prompt. The value must have passed `check_value`."""
    if value is None:
        value = variable["default"]
    if value is None:
        return ""
    if variable["type"] == "json":
        return json.dumps(value, ensure_ascii=False)
    if variable["type"] == "list":
        return "\n".join(f"- {_item_text(item)}" for item in value)
    return _item_text(value)


def _item_text(value: Any) -> str:
    if isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)

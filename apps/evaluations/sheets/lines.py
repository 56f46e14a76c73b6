"""JSON Lines, and a JSON list of objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from apps.evaluations.sheets.sheet import MAX_COLUMNS, Sheet, SheetError

NESTED = ("values", "variables", "input", "inputs", "vars")  # objects of these are opened
NO_OBJECT = 'This line is no JSON object: it must look like {"message": "…"}.'


def json_lines(text: str) -> Sheet:
    """A row a line; its fields are the columns. Raises SheetError."""
    found: list[tuple[int, dict[str, str]]] = []
    sheet = Sheet([])
    for number, value in _values(text):
        if isinstance(value, dict):
            found.append((number, _flat(value)))
        else:
            sheet.note(NO_OBJECT, number, skipped=True)
    sheet.columns = list(dict.fromkeys(name for _, row in found for name in row))
    if not sheet.columns:
        raise SheetError("No line of it is a JSON object with fields.")
    if len(sheet.columns) > MAX_COLUMNS:
        have = len(sheet.columns)
        raise SheetError(f"There are {have} different fields; at most {MAX_COLUMNS} can be read.")
    for number, row in found:
        sheet.add(number, [row.get(name, "") for name in sheet.columns])
    return sheet


def _values(text: str) -> Iterator[tuple[int, Any]]:
    if text.lstrip().startswith("["):
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError):
            raise SheetError("This is no valid JSON. Check where a bracket is missing.") from None
        yield from enumerate(whole, 1)
        return
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, None


def _flat(row: dict[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in row.items():
        if name in NESTED and isinstance(value, dict):
            flat |= {str(inner): _text(part) for inner, part in value.items()}
        else:
            flat[str(name)] = _text(value)
    return flat


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False)

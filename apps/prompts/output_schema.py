"""A JSON schema as somebody types it: text in, a schema or one clear sentence out. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from apps.prompts.content.text import check_text

MAX_SCHEMA = 100_000  # characters
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_MAX_DEPTH = 12


class SchemaError(Exception):
    """The sentence says where, and what to do."""


def written(schema: dict[str, Any] | None) -> str:
    """As the page shows it."""
    return "" if schema is None else json.dumps(schema, indent=2, ensure_ascii=False)


def read_schema(text: str) -> dict[str, Any] | None:
    """None for an empty text; raises SchemaError."""
    if sentence := check_text(text):
        raise SchemaError(sentence)
    if not text.strip():
        return None
    if len(text) > MAX_SCHEMA:
        raise SchemaError(f"This is over {MAX_SCHEMA:,} characters. Shorten it.")
    schema = _parsed(text)
    if not isinstance(schema, dict):
        raise SchemaError("The schema must be a JSON object: it begins with { and ends with }.")
    if sentence := next(_problems(schema, (), 1), None):
        raise SchemaError(sentence)
    return schema


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"Line {error.lineno}, character {error.colno}"
        raise SchemaError(f"{place}: {_in_words(error)}") from None
    except (RecursionError, ValueError):
        raise SchemaError("This is nested too deeply, or holds a number too long.") from None


def _in_words(error: json.JSONDecodeError) -> str:
    """Of the parser's few messages."""
    said = error.msg
    if "double quotes" in said:
        return "a name in double quotes is missing here. A comma before } is one too many."
    if "':' delimiter" in said:
        return "a colon is missing after the name."
    if "',' delimiter" in said:
        return "a comma is missing here, or a bracket is not closed."
    if "Unterminated string" in said:
        return "a text begins here and its closing quote is missing."
    if "Extra data" in said:
        return "the schema ended before this. Take out what follows."
    if "control character" in said:
        return "a line end stands inside a text. Write \\n for it."
    if "escape" in said:
        return "the backslash here begins nothing that JSON knows. Write \\\\ for a backslash."
    return "a value is missing here: a text in quotes, a number, true, false, null, { or [."


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise SchemaError(f"“{name}” stands twice in one object. Keep one of the two.")
        found[name] = value
    return found


def _no_constant(name: str) -> Any:
    raise SchemaError(f"{name} is no number that JSON can hold.")


def _problems(schema: Any, path: tuple[str, ...], depth: int) -> Iterator[str]:
    """What of the common keywords is wrong; keywords that are not known here stay as they are."""
    where = f"In {' → '.join(path)}: " if path else ""
    if isinstance(schema, bool) and path:
        return
    if not isinstance(schema, dict):
        yield f'{where}a schema must be an object, such as {{"type": "string"}}.'
        return
    if depth > _MAX_DEPTH:
        yield f"{where}this is nested over {_MAX_DEPTH} levels."
        return
    yield from _own_problems(schema, where)
    for name, inner in _inner(schema):
        yield from _problems(inner, (*path, name), depth + 1)


def _own_problems(schema: dict[str, Any], where: str) -> Iterator[str]:
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind not in TYPES:
            yield f"{where}“{kind}” is no type. Choose one of {', '.join(TYPES)}."
    for name in ("properties", "$defs", "definitions"):
        if name in schema and not isinstance(schema[name], dict):
            yield f"{where}“{name}” must be an object: name → schema."
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(one, str) for one in required):
        yield f"{where}“required” must be a list of names."
    elif len(set(required)) < len(required):
        yield f"{where}“required” names a field twice."
    if "enum" in schema and not (isinstance(schema["enum"], list) and schema["enum"]):
        yield f"{where}“enum” must be a list with at least one value."
    for name in ("anyOf", "oneOf", "allOf"):
        if name in schema and not (isinstance(schema[name], list) and schema[name]):
            yield f"{where}“{name}” must be a list with at least one schema."


def _inner(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for group in ("properties", "$defs", "definitions"):
        yield from schema.get(group, {}).items()
    for name in ("items", "additionalProperties", "not"):
        if name in schema and not (name == "items" and isinstance(schema[name], list)):
            yield name, schema[name]
    for name in ("anyOf", "oneOf", "allOf"):
        for place, inner in enumerate(schema.get(name, []), 1):
            yield f"{name} {place}", inner

"""The fields of an answer, as rows of a form and as the JSON schema that applications get. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIELD_LABELS = {
    "text": "Text",
    "number": "Number",
    "whole": "Whole number",
    "yes_no": "Yes or no",
    "list": "List of texts",
}
MAX_FIELDS = 100
_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "whole": {"type": "integer"},
    "yes_no": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
}


@dataclass(frozen=True)
class OutputField:
    name: str
    type: str
    description: str = ""


def schema_of(fields: Sequence[OutputField]) -> dict[str, Any] | None:
    """Every field is required and no other is allowed; None without fields."""
    if not fields:
        return None
    properties = {field.name: _property(field) for field in fields}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _property(field: OutputField) -> dict[str, Any]:
    described = {"description": field.description} if field.description else {}
    return {**_SCHEMAS[field.type], **described}


def fields_of(schema: dict[str, Any] | None) -> list[OutputField]:
    """The rows of a schema that `schema_of` made; what it never makes is shown as text.

    `required` keeps the order, because canonical JSON sorts the properties.
    """
    if not schema:
        return []
    properties = schema.get("properties", {})
    names = [name for name in schema.get("required", ()) if name in properties]
    names += [name for name in properties if name not in names]
    return [_field(name, properties[name]) for name in names]


def _field(name: str, described: dict[str, Any]) -> OutputField:
    bare = {key: value for key, value in described.items() if key != "description"}
    kinds = [kind for kind, shape in _SCHEMAS.items() if shape == bare]
    return OutputField(name, kinds[0] if kinds else "text", str(described.get("description", "")))

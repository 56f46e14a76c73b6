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
    "kept": "As it is, more than this form shows",
}
KEPT = "kept"  # a shape that came from elsewhere: it stays letter by letter
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


def schema_of(
    fields: Sequence[OutputField], former: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    """Every new field is required and no other is allowed; None without fields.

    What the `former` schema says beyond these fields stays: shapes that no row can show, fields
    that may be absent, further keywords. So `schema_of(fields_of(s), s) == s` for every schema.
    """
    if not fields:
        return former if former is not None and not former.get("properties") else None
    known = (former or {}).get("properties", {})
    properties = {field.name: _property(field, known.get(field.name, {})) for field in fields}
    if former is None or "properties" not in former:
        required = list(properties)
        fresh = {"type": "object", "required": required, "additionalProperties": False}
        return {**fresh, "properties": properties}
    return {**former, "properties": properties, **_required(properties, known, former)}


def _required(
    properties: dict[str, Any], known: dict[str, Any], former: dict[str, Any]
) -> dict[str, list[str]]:
    """New fields are; those that were not stay so; a name that no field has stays where it is."""
    before = former.get("required", [])
    gone = {name for name in known if name not in properties}
    found = [name for name in before if name not in gone]
    found += [name for name in properties if name not in known and name not in found]
    return {"required": found} if found or "required" in former else {}


def _property(field: OutputField, former: Any) -> Any:
    described = {"description": field.description} if field.description else {}
    if field.type != KEPT:
        return {**_SCHEMAS[field.type], **described}
    if not isinstance(former, dict) or field.description == former.get("description", ""):
        return former
    return {**{key: value for key, value in former.items() if key != "description"}, **described}


def fields_of(schema: dict[str, Any] | None) -> list[OutputField]:
    """The rows of a schema; a shape that no row can show is one that is kept.

    `required` keeps the order, because canonical JSON sorts the properties.
    """
    if not schema:
        return []
    properties = schema.get("properties", {})
    names = [name for name in schema.get("required", ()) if name in properties]
    names += [name for name in properties if name not in names]
    return [_field(name, properties[name]) for name in names]


def _field(name: str, described: Any) -> OutputField:
    if not isinstance(described, dict):  # true and false are schemas too
        return OutputField(name, KEPT)
    bare = {key: value for key, value in described.items() if key != "description"}
    kinds = [kind for kind, shape in _SCHEMAS.items() if shape == bare]
    description = described.get("description", "")
    if not kinds or not isinstance(description, str):
        return OutputField(name, KEPT, description if isinstance(description, str) else "")
    return OutputField(name, kinds[0], description)

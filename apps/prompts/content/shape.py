"""The parts of a document and their limits."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

Document = dict[str, Any]

SCHEMA = 1
MAX_BLOCK_BYTES = 256 * 1024
MAX_VERSION_BYTES = 1024 * 1024
MAX_BLOCKS = 200
MAX_VARIABLES = 200
MAX_ROWS = 200
MAX_DEPTH = 20
MAX_TITLE = 1000

BLOCK_LABELS = {
    "role": "Role",
    "context": "Context",
    "instructions": "Instructions",
    "guardrails": "Guardrails",
    "examples": "Examples",
    "output_format": "Output format",
    "input": "Input",
    "custom": "Custom",
    "note": "Note",
}
BLOCK_TYPES = tuple(BLOCK_LABELS)

VARIABLE_LABELS = {
    "text": "Text",
    "long_text": "Long text",
    "number": "Number",
    "yes_no": "Yes or no",
    "choice": "Choice",
    "list": "List",
    "json": "JSON",
}
VARIABLE_TYPES = tuple(VARIABLE_LABELS)

HEADING_LABELS = {"none": "No headings", "markdown": "Markdown headings", "xml": "XML tags"}
HEADINGS = tuple(HEADING_LABELS)
OUTPUT_LABELS = {"text": "Text", "list": "List", "json": "JSON"}
OUTPUT_FORMATS = tuple(OUTPUT_LABELS)
EXAMPLE_LABELS = {"messages": "As a conversation", "text": "As text in the instructions"}
EXAMPLE_STYLES = tuple(EXAMPLE_LABELS)

# Any fixed UUID serves; changing it would change the hash of everything imported.
_IMPORTED = uuid.UUID("5d6e2b5c-3c3f-5c4e-9a3e-6f1f0f5b7a10")


def new_content() -> Document:
    return {
        "schema": SCHEMA,
        "blocks": [],
        "variables": [],
        "rendering": {"kind": "chat", "headings": "none"},
        "output": {"format": "text", "json_schema": None},
        "models": [],
        "tools": [],
    }


def new_block(
    type: str,
    *,
    title: str = "",
    body: str = "",
    key: str | None = None,
    enabled: bool = True,
    rows: Iterable[dict[str, str]] = (),
    as_: str = "messages",
) -> dict[str, Any]:
    """A block with every field that its type has; `rows` and `as_` count for examples alone."""
    block: dict[str, Any] = {
        "key": key or str(uuid.uuid4()),
        "type": type,
        "title": title,
        "body": body,
        "enabled": enabled,
        "snippet": None,
    }
    if type == "examples":
        block["rows"] = [dict(row) for row in rows]
        block["as"] = as_
    return block


def new_variable(
    name: str,
    *,
    type: str = "text",
    required: bool = True,
    default: Any = None,
    description: str = "",
    max_length: int | None = None,
    choices: Iterable[str] = (),
) -> dict[str, Any]:
    return {
        "name": name,
        "type": type,
        "required": required,
        "default": default,
        "description": description,
        "max_length": max_length,
        "choices": list(choices),
    }


def retype_variable(variable: dict[str, Any], to: str) -> dict[str, Any]:
    """The same variable with another type, without the fields that the new type does not have."""
    changed = {**variable, "type": to}
    if to not in ("text", "long_text"):
        changed["max_length"] = None
    if to != "choice":
        changed["choices"] = []
    texts = ("text", "long_text")
    if to != variable["type"] and not (to in texts and variable["type"] in texts):
        changed["default"] = None
    return changed


def imported_block_key(heading: str, occurrence: int) -> str:
    """The same heading has the same key in every import: equal texts have equal hashes, and the
    versions of one prompt compare block by block."""
    words = " ".join("".join(c if c.isalnum() else " " for c in heading.casefold()).split())
    return str(uuid.uuid5(_IMPORTED, f"{words}\n{occurrence}"))

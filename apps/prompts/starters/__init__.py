"""Prompts to begin with: one file each, the same for everybody, kept with the code.

A file holds what a person would write: name, purpose, group, variables, blocks, samples, and for an
answer in JSON its fields as [name, type] (output_fields.FIELD_LABELS). Pure.
"""

from __future__ import annotations

import tomllib
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from apps.prompts.content import Document, new_block, new_content, new_variable
from apps.prompts.output_fields import OutputField, schema_of

FOLDER = Path(__file__).parent
GROUPS = ("Support", "Knowledge", "Data", "Legal", "Writing", "Quality")


@dataclass(frozen=True)
class Starter:
    """`samples`: name → values by variable."""

    code: str
    name: str
    purpose: str
    group: str
    document: Document
    samples: dict[str, dict[str, Any]]


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, group by group."""
    found = [_read(path) for path in sorted(FOLDER.glob("*.toml"))]
    return tuple(sorted(found, key=lambda one: (GROUPS.index(one.group), one.name)))


def starter(code: str) -> Starter | None:
    return next((one for one in starters() if one.code == code), None)


def with_fresh_keys(document: Document) -> Document:
    """The same text as blocks of its own, so that two prompts never share a block's history."""
    keys = {block["key"]: str(uuid.uuid4()) for block in document["blocks"]}
    blocks = [{**block, "key": keys[block["key"]]} for block in document["blocks"]]
    return {**document, "blocks": blocks, "models": _with_keys(document["models"], keys)}


def _with_keys(models: list[dict[str, Any]], keys: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {**model, "overrides": {keys[key]: own for key, own in model["overrides"].items()}}
        for model in models
    ]


def _read(path: Path) -> Starter:
    typed = tomllib.loads(path.read_text("utf-8"))
    return Starter(
        code=path.stem,
        name=typed["name"],
        purpose=typed["purpose"],
        group=typed["group"],
        document=_document(typed),
        samples={name: _kept(values) for name, values in typed["samples"].items()},
    )


def _document(typed: dict[str, Any]) -> Document:
    fields = [OutputField(name, kind) for name, kind in typed.get("fields", ())]
    return {
        **new_content(),
        "blocks": [_block(part) for part in typed["blocks"]],
        "variables": [new_variable(**part) for part in typed["variables"]],
        "output": {"format": typed.get("format", "text"), "json_schema": schema_of(fields)},
    }


def _block(part: dict[str, Any]) -> dict[str, Any]:
    rows = [{"input": given, "output": wanted} for given, wanted in part.get("rows", ())]
    return new_block(part["type"], body=part.get("body", ""), rows=rows)


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    """Empty text stands for no value."""
    return {name: value for name, value in values.items() if value != ""}

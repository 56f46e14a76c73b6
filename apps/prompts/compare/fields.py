"""Everything that is no block: variables, rendering, output, models, tools, as fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apps.prompts.compare.shape import MISSING, FieldChange, VariableChange
from apps.prompts.content import Document, canonical_bytes

LABELS = {
    "default": "Default",
    "description": "Description",
    "type": "Type",
    "required": "Required",
    "max_length": "Longest",
    "choices": "Choices",
    "schema": "Schema",
    "rendering": "Rendering",
    "headings": "Headings",
    "kind": "Kind",
    "output": "Output",
    "format": "Format",
    "json_schema": "JSON schema",
    "models": "Model",
    "parameters": "Parameters",
    "overrides": "Own wording",
    "tools": "Tools",
    "variables": "Variables",
    "order": "Order",
}


def same_value(old: Any, new: Any) -> bool:
    """As canonical JSON says: 1 is 1.0 and is not true."""
    if old is MISSING or new is MISSING:
        return old is new
    if type(old) is type(new) and isinstance(old, str | bool | None):
        return bool(old == new)
    return canonical_bytes(old) == canonical_bytes(new)


def field_changes(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[FieldChange]:
    """Every leaf that differs. An object or a list that only one side has is one change."""
    if same_value(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            yield from field_changes(old.get(name, MISSING), new.get(name, MISSING), (*path, name))
    elif isinstance(old, list) and isinstance(new, list) and _has_objects(old, new):
        for i in range(max(len(old), len(new))):
            before, after = (side[i] if i < len(side) else MISSING for side in (old, new))
            yield from field_changes(before, after, (*path, str(i)))
    else:
        yield FieldChange(path, label(path), old, new)


def _has_objects(*lists: list[Any]) -> bool:
    return any(isinstance(item, dict) for items in lists for item in items)


def label(path: tuple[str, ...]) -> str:
    return ": ".join(LABELS.get(name, name) for name in path)


def variable_changes(old: Document, new: Document) -> Iterator[VariableChange]:
    before = {variable["name"]: variable for variable in old["variables"]}
    after = {variable["name"]: variable for variable in new["variables"]}
    for name, variable in after.items():
        if name not in before:
            yield VariableChange(name, "added", variable, ())
        elif fields := tuple(field_changes(before[name], variable)):
            yield VariableChange(name, "edited", variable, fields)
    for name, variable in before.items():
        if name not in after:
            yield VariableChange(name, "removed", variable, ())


def setting_changes(old: Document, new: Document) -> Iterator[FieldChange]:
    for name in sorted({*old, *new} - {"blocks", "variables", "models"}):
        yield from field_changes(old.get(name, MISSING), new.get(name, MISSING), (name,))
    before, after = _by_model(old), _by_model(new)
    for model in dict.fromkeys((*after, *before)):
        sides = before.get(model, MISSING), after.get(model, MISSING)
        yield from field_changes(*sides, path=("models", model))
    yield from _order("models", list(before), list(after))
    names = ([variable["name"] for variable in side["variables"]] for side in (old, new))
    yield from _order("variables", *names)


def _by_model(side: Document) -> dict[str, Any]:
    return {m["model"]: {k: v for k, v in m.items() if k != "model"} for m in side["models"]}


def _order(path: str, old: list[str], new: list[str]) -> Iterator[FieldChange]:
    """The order of what both sides have: the first model is the one that runs unless named."""
    before, after = [n for n in old if n in set(new)], [n for n in new if n in set(old)]
    if before != after:
        yield FieldChange((path, "order"), label((path, "order")), before, after)

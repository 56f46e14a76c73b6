"""Everything that is no block: variables, rendering, output, models, tools, as fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from apps.prompts.compare.shape import MISSING, FieldChange, VariableChange
from apps.prompts.content import BLOCK_LABELS, Document, canonical_bytes

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
    names = block_names(old) | block_names(new)
    for model in dict.fromkeys((*after, *before)):
        yield from _model_changes(model, before.get(model), after.get(model), names)
    yield from _order("models", list(before), list(after))
    declared = ([variable["name"] for variable in side["variables"]] for side in (old, new))
    yield from _order("variables", *declared)


def _by_model(side: Document) -> dict[str, Any]:
    return {m["model"]: {k: v for k, v in m.items() if k != "model"} for m in side["models"]}


def block_names(side: Document) -> dict[str, str]:
    """Each block by its title or type; with its place, where several are called the same."""
    names = {
        block["key"]: block["title"].strip(" #:") or BLOCK_LABELS.get(block["type"], block["type"])
        for block in side["blocks"]
    }
    times = Counter(names.values())
    return {
        key: f"{name} (block {place})" if times[name] > 1 else name
        for place, (key, name) in enumerate(names.items(), 1)
    }


def _model_changes(
    model: str, old: dict[str, Any] | None, new: dict[str, Any] | None, names: dict[str, str]
) -> Iterator[FieldChange]:
    """Own words of a model are texts, each by the block that they stand for."""
    path = ("models", model)
    if old is None or new is None:
        sides = (_in_words(side, names) if side is not None else MISSING for side in (old, new))
        yield FieldChange(path, label(path), *sides)
        return
    yield from field_changes(_without_words(old), _without_words(new), path)
    for key in dict.fromkeys((*new["overrides"], *old["overrides"])):
        before, after = (side["overrides"].get(key, MISSING) for side in (old, new))
        if not same_value(before, after):
            said = f"{label(path)}: {LABELS['overrides']} for {names.get(key, key)}"
            yield FieldChange((*path, "overrides", key), said, _said(before), _said(after))


def _without_words(model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if name != "overrides"}


def _in_words(model: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    own = {names.get(key, key): _said(one) for key, one in model["overrides"].items()}
    return {**_without_words(model), "own wording": own}


def _said(override: Any) -> str:
    """A text stands in quotes, so that no text looks like one of the two words for none."""
    if override is MISSING:
        return "the words of the block"
    if isinstance(override, dict):
        return f"“{override['body']}”" if "body" in override else "not sent"
    return f"“{override}”"


def _order(path: str, old: list[str], new: list[str]) -> Iterator[FieldChange]:
    """The order of what both sides have: the first model is the one that runs unless named."""
    before, after = [n for n in old if n in set(new)], [n for n in new if n in set(old)]
    if before != after:
        yield FieldChange((path, "order"), label((path, "order")), before, after)

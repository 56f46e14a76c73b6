"""What a comparison is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

from apps.prompts.compare.marks import Segments


class Missing(Enum):
    """Stands where one side has no such field; None is a value that a field can have."""

    MISSING = "missing"

    def __bool__(self) -> Literal[False]:
        return False


MISSING: Final = Missing.MISSING


@dataclass(frozen=True)
class FieldChange:
    """`path` within its thing (("parameters", "temperature")); `old`, `new`: JSON or MISSING."""

    path: tuple[str, ...]
    label: str
    old: Any
    new: Any


@dataclass(frozen=True)
class RowChange:
    """One example: `status` unchanged, edited, added or removed; its places start at 1."""

    status: str
    old_place: int | None
    new_place: int | None
    input: Segments
    output: Segments


@dataclass(frozen=True)
class BlockChange:
    """One block on both sides. `type`, `title` and `key` are the new side's (the old side's, if
    removed). `whole`: too much to mark word by word, so that both texts are shown whole. `fields`
    of an added block are what it says beyond its words."""

    key: str
    type: str
    title: str
    label: str
    statuses: frozenset[str]
    old_key: str | None
    old_type: str | None
    old_title: str | None
    old_place: int | None
    new_place: int | None
    title_segments: Segments
    segments: Segments
    whole: bool
    rows: tuple[RowChange, ...]
    fields: tuple[FieldChange, ...]

    @property
    def is_changed(self) -> bool:
        return "unchanged" not in self.statuses

    @property
    def places(self) -> int:
        """How many separate runs of words differ, titles and examples included."""
        rows = [part for row in self.rows for part in (row.input, row.output)]
        return sum(map(_runs, (self.title_segments, self.segments, *rows)))


def _runs(segments: Segments) -> int:
    changed = [segment.op != "equal" for segment in segments]
    return sum(now and not before for before, now in zip([False, *changed], changed, strict=False))


@dataclass(frozen=True)
class VariableChange:
    """`status`: added, removed or edited; `variable` is the new declaration (the old, if gone)."""

    name: str
    status: str
    variable: dict[str, Any]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Comparison:
    """Blocks in the order of the new side, removed ones where they stood; all of them, changed or
    not. Variables and settings: only what differs."""

    blocks: tuple[BlockChange, ...]
    variables: tuple[VariableChange, ...]
    settings: tuple[FieldChange, ...]

    @property
    def same(self) -> bool:
        return not (self.variables or self.settings or any(b.is_changed for b in self.blocks))


def show(value: Any) -> str:
    """A value of a field in words."""
    if value is MISSING or value is None or value == "" or value == [] or value == {}:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_inside(item) for item in value)
    if isinstance(value, dict) and value.keys() == {"path", "version"}:  # a pinned snippet
        return f"{value['path']} v{value['version']}"
    if isinstance(value, dict):
        return ", ".join(_parts(value)) or "no settings of its own"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parts(value: dict[str, Any]) -> Iterator[str]:
    """What an object says, part by part; a model's parameters stand for themselves."""
    for name, part in value.items():
        if isinstance(part, dict) and name == "parameters":
            yield from _parts(part)
        elif show(part) != "nothing":
            yield f"{name} {_inside(part)}"


def _inside(value: Any) -> str:
    return f"({show(value)})" if isinstance(value, dict | list) else show(value)

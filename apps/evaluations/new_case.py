"""A case before it is one, as a sheet or a form gives it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class NewCase:
    values: Mapping[str, Any] = field(default_factory=dict)
    expected: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()

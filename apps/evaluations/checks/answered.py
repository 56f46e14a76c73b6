"""What a check looks at: the answer of a model, and the case that it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.prompts.placeholders import substitute, variable_names


@dataclass(frozen=True)
class Answered:
    text: str
    latency_ms: int | None = None
    cost: Decimal | float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True)
class CaseValues:
    values: Mapping[str, Any] = field(default_factory=dict)
    expected: str = ""
    tags: tuple[str, ...] = ()

    def fill(self, text: str) -> str:
        """The words of a check with the case's values in place of `{{variables}}`."""
        names = variable_names(text)
        return substitute(text, {name: str(self.values.get(name, "")) for name in names})

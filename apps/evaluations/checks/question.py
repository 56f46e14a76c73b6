"""What is asked of a model that judges, or of an embedding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class JudgeQuestion:
    """`model` "" means the judge that the run was told. With `embed` it is texts to embed instead:
    their vectors come back as JSON lists, in order, one reply a text."""

    messages: tuple[dict[str, str], ...] = ()
    model: str = ""
    json_schema: dict[str, Any] | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    embed: str = ""

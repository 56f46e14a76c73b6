"""One setting of a kind: what its form shows, and which values it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["line", "text", "lines", "number", "yes_no", "choice"]
MAX_TEXT = 20_000
MAX_LINES = 1000


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    type: Type = "line"
    default: Any = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    stricter: Literal["more", "less", ""] = ""  # which way a number asks more of an answer

    def problem(self, value: Any) -> str:
        """A sentence, or "" for a value that fits."""
        if self.required and value in (None, "", []):
            return "This is needed."
        return getattr(self, f"_{self.type}")(value)

    def _line(self, value: Any) -> str:
        if not isinstance(value, str) or "\n" in value:
            return "Write one line."
        return self._text(value)

    def _text(self, value: Any) -> str:
        if not isinstance(value, str):
            return "Write a text."
        return "" if len(value) <= MAX_TEXT else f"At most {MAX_TEXT:,} characters fit. Shorten it."

    def _lines(self, value: Any) -> str:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return "Write one in each line."
        if len(value) > MAX_LINES or sum(map(len, value)) > MAX_TEXT:
            return f"At most {MAX_LINES:,} lines and {MAX_TEXT:,} characters fit. Shorten it."
        return ""

    def _yes_no(self, value: Any) -> str:
        return "" if isinstance(value, bool) else "Choose yes or no."

    def _choice(self, value: Any) -> str:
        return "" if value in dict(self.choices) else "Choose one of the list."

    def _number(self, value: Any) -> str:
        if value is None and not self.required:
            return ""
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            return "Give a number."
        if self.low is not None and value < self.low:
            return f"Give a number of at least {self.low:g}."
        if self.high is not None and value > self.high:
            return f"Give a number of at most {self.high:g}."
        return ""

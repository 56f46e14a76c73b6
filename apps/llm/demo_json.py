"""A value that fits a JSON schema, chosen by the words of a text. Pure, and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.llm.demo_words import lot, sentences, share

DEEPEST = 12
ENOUGH = 0.3  # of the words that the prompt asks about
REASONS = frozenset({"reason", "reasons", "explanation", "why"})
WHY = "The demo model compares words and judges nothing."


def fill(schema: Mapping[str, Any], text: str, prompt: str = "") -> Any:
    return _Filler(schema, text, prompt).value(schema, "", 0)


class _Filler:
    def __init__(self, root: Mapping[str, Any], text: str, prompt: str) -> None:
        self.root, self.text, self.prompt = root, text, prompt

    def value(self, schema: Any, name: str, depth: int) -> Any:
        if not isinstance(schema, Mapping) or depth > DEEPEST:
            return None
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chosen(schema["enum"], name)
        for word in ("anyOf", "oneOf"):
            if schema.get(word):
                return self.value(schema[word][0], name, depth + 1)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        make = getattr(self, f"_{kind}", None)
        return make(schema, name, depth) if make else None

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Follow a reference inside the same document; never anywhere else."""
        for _step in range(DEEPEST):
            place = schema.get("$ref")
            if not isinstance(place, str) or not place.startswith("#/"):
                return schema
            found: Any = self.root
            for part in place[2:].split("/"):
                found = found.get(part, {}) if isinstance(found, Mapping) else {}
            schema = found
        return {}

    def _chosen(self, values: list[Any], name: str) -> Any:
        """The value with most of its words in the text; among equals a lot decides. Yes or no: by
        whether the text speaks of what the prompt asks."""
        known = {str(each).casefold(): each for each in values}
        if set(known) == {"yes", "no"}:
            return known["yes" if self._fits() else "no"]
        scored = [
            (
                share(str(each).replace("_", " "), self.text),
                lot(f"{name}{each}{self.text}", 1 << 16),
            )
            for each in values
        ]
        return values[scored.index(max(scored))]

    def _object(self, schema: Mapping[str, Any], _name: str, depth: int) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        return {name: self.value(each, name, depth + 1) for name, each in properties.items()}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        count = min(max(1, int(schema.get("minItems", 1))), int(schema.get("maxItems", 100)))
        return [
            self.value(schema.get("items", {}), f"{name}{at}", depth + 1) for at in range(count)
        ]

    def _string(self, schema: Mapping[str, Any], name: str, _depth: int) -> str:
        if name in REASONS:
            return WHY[: int(schema.get("maxLength", len(WHY)))]
        parts = sentences(self.text) or [self.text or name]
        words = name.replace("_", " ")
        text = max(parts, key=lambda part: (share(words, part), share(part, self.prompt), part))
        text = text.ljust(int(schema.get("minLength", 0)), ".")
        return text[: int(schema.get("maxLength", 400))]

    def _boolean(self, _schema: Mapping[str, Any], name: str, _depth: int) -> bool:
        return self._fits()

    def _integer(self, schema: Mapping[str, Any], name: str, _depth: int) -> int:
        low = int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))
        high = int(schema.get("maximum", schema.get("exclusiveMaximum", low + 6) - 1))
        part = min(1.0, 0.4 + share(self.prompt, self.text) + lot(name + self.text, 30) / 100)
        return low + round((max(low, high) - low) * part)

    def _number(self, schema: Mapping[str, Any], name: str, _depth: int) -> float:
        low, high = float(schema.get("minimum", 0)), float(schema.get("maximum", 1))
        return round(low + (high - low) * lot(name + self.text, 101) / 100, 2)

    def _fits(self) -> bool:
        return share(self.prompt, self.text) >= ENOUGH

    def _null(self, *_given: Any) -> None:
        return None

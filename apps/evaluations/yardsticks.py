"""What people are asked about an answer, or about two side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.evaluations.checks import KINDS, ByPerson, Option


@dataclass(frozen=True)
class Yardstick:
    """One answer, by a check that people judge (`key`) or as a whole (None)."""

    key: str | None
    kind: ByPerson
    settings: Mapping[str, Any]

    @property
    def question(self) -> str:
        return str(self.kind.filled(self.settings)["question"])

    @property
    def options(self) -> list[Option]:
        return self.kind.options(self.settings)

    @property
    def title(self) -> str:
        """What is judged, as a rule; of the whole answer the question itself."""
        return self.kind.sentence(self.settings) if self.key else self.question

    @property
    def is_graded(self) -> bool:
        return self.kind.scale == "ordinal"

    @property
    def raters(self) -> int:
        return int(self.kind.filled(self.settings)["raters"])

    @property
    def hint(self) -> str:
        """Which ratings can be given, in words."""
        words = [option.label for option in self.options]
        return f"from {words[0]} to {words[-1]}" if self.is_graded else _either(words)

    def value_of(self, code: str) -> Any:
        """The rating of a form's code; None where there is none such."""
        return next((one.value for one in self.options if one.code == code), None)

    def code_of(self, value: Any) -> str:
        words = self.word(value)
        return next((one.code for one in self.options if one.label == words), "")

    def word(self, value: Any) -> str:
        return self.kind.word(value, self.settings)

    def good(self, value: Any) -> bool | None:
        return self.kind.good(value, self.settings)

    def takes(self, value: Any) -> bool:
        return self.good(value) is not None

    def apart(self, values: Sequence[Any]) -> bool:
        """Whether these ratings of one answer say different things: some would pass and some
        would not, or, of points, they lie further than one apart; of words, any two differ."""
        known = [value for value in values if self.takes(value)]
        if len({self.good(value) for value in known}) > 1:
            return True
        if self.is_graded:
            return bool(known) and max(known) - min(known) > 1
        return len(set(map(str, known))) > 1


@dataclass(frozen=True)
class SideBySide:
    """Two answers to the same case; the values are those of a preference."""

    first: str  # the labels of the two columns
    second: str
    key: None = None
    is_graded: bool = False

    @property
    def title(self) -> str:
        return f"Which is better, {self.first} or {self.second}?"

    @property
    def options(self) -> list[Option]:
        words = {"first": self.first, "second": self.second, "same": "Both the same"}
        words["both_bad"] = "Both bad"
        return [Option(code, code, label) for code, label in words.items()]

    @property
    def hint(self) -> str:
        return _either([option.label for option in self.options])

    def value_of(self, code: str) -> Any:
        return code if self.takes(code) else None

    def code_of(self, value: Any) -> str:
        return str(value)

    def word(self, value: Any) -> str:
        return next((one.label for one in self.options if one.value == value), str(value))

    def takes(self, value: Any) -> bool:
        return any(one.value == value for one in self.options)

    def apart(self, values: Sequence[Any]) -> bool:
        return len(set(values)) > 1


Question = Yardstick | SideBySide


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


_THUMBS = KINDS["person_thumbs"]
assert isinstance(_THUMBS, ByPerson)
WHOLE = Yardstick(None, _THUMBS, {"question": "Is this a good answer?"})


def yardsticks(document: Mapping[str, Any]) -> list[Yardstick]:
    """The checks of a suite that people judge, in order; not the one of the answer as a whole."""
    found = []
    for check in document["checks"]:
        kind = KINDS.get(check["kind"])
        if isinstance(kind, ByPerson):
            found.append(Yardstick(check["key"], kind, check["settings"]))
    return found


def yardstick(document: Mapping[str, Any], key: str | None) -> Yardstick | None:
    """The one with this key; None where the suite has none such."""
    if not key:
        return WHOLE
    return next((one for one in yardsticks(document) if one.key == str(key)), None)

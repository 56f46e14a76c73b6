"""Two sentences that name different numbers for the same thing (14 days, 30 days). Pure.

A heuristic over English, for advice only. Each sentence gives its quantities: a number, a unit, and
how the number is meant (at most, at least, exactly). Two of the same unit may contradict when the
numbers cannot both hold and the sentences speak of the same thing: what is left of both without
numbers, units and small words overlaps by OVERLAP of the shorter one. A sentence that sets a
condition which the other does not ("for gold customers") speaks of another thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple

OVERLAP = 0.6
_MOST = 60  # quantities of one unit that are held against each other

_UNITS = {
    "day": "day", "hour": "hour", "minute": "minute", "second": "second", "week": "week",
    "month": "month", "year": "year", "word": "word", "sentence": "sentence",
    "character": "character", "line": "line", "paragraph": "paragraph", "bullet": "bullet",
    "item": "item", "point": "bullet", "example": "example", "question": "question",
    "%": "%", "percent": "%", "euro": "€", "dollar": "$",
}  # fmt: skip
_SMALL = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "twenty": 20, "thirty": 30,
}  # fmt: skip
_NUMBER = rf"\d{{1,9}}(?:[.,]\d{{1,3}})?|{'|'.join(_SMALL)}"
_QUANTITY = re.compile(
    rf"(?<![\w.,-])({_NUMBER})(?:[ -](?:working|business|calendar|bank|full|short))?[ -]?"
    rf"({'|'.join(map(re.escape, _UNITS))})s?(?![\w-])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.,](?=\d)[^.!?\n]+)*")
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|up to|under|within|max(?:imum)?|below|fewer than"
    r"|less than|no longer than|limit\w*)\b",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"\b(?:at least|min(?:imum)?|no fewer than|no less than|more than|over)\b", re.IGNORECASE
)
# Names of one among several: sentences with different ones speak of different things.
_NAMED = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|next|[A-Z]{3,}|[A-Z][+-]?)(?![\w-])"
)
_WORD = re.compile(r"[a-z][a-z'-]+")
_CONDITION = re.compile(r"\b(?:if|when|unless|except|for|during|outside|abroad)\b", re.I)
_SMALL_WORDS = """
a an and are as at be been by can do does each every for from get has have here if in into is it its
keep may more most must no not of on only or our out over please should so than that the their them
then there these they this to under up use using very was we when will with within would you your
least fewer less long longer exactly about always never after before working business calendar bank
full short limit maximum minimum max min
"""
_EMPTY = frozenset(_SMALL_WORDS.split())
# The model's own text has many names.
_SAME = dict.fromkeys(
    ("answers", "reply", "replies", "response", "responses", "output", "write", "message"), "answer"
)


class Quantity(NamedTuple):
    """`kind`: most, least or exact. `about`: what the sentence is about, as words."""

    place: str
    sentence: str
    number: float
    unit: str
    kind: str
    about: frozenset[str]
    condition: frozenset[str]
    named: frozenset[str]


class Contradiction(NamedTuple):
    first: Quantity
    second: Quantity


def contradictions(texts: Iterable[tuple[str, str]]) -> list[Contradiction]:
    """`texts`: (place, text), in order. Each pair once; a sentence never against itself."""
    by_unit: dict[str, list[Quantity]] = {}
    for place, text in texts:
        for quantity in quantities(place, text):
            by_unit.setdefault(quantity.unit, []).append(quantity)
    return [
        Contradiction(a, b)
        for found in by_unit.values()
        for a, b in combinations(found[:_MOST], 2)
        if a.sentence != b.sentence and _clash(a, b) and _same_thing(a, b)
    ]


def quantities(place: str, text: str) -> Iterator[Quantity]:
    """A sentence with two numbers of one unit is a range or a list: it is left alone."""
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        found = list(_QUANTITY.finditer(sentence))
        units = [_UNITS[one[2].lower()] for one in found]
        for one, unit in zip(found, units, strict=True):
            if units.count(unit) == 1:
                about, condition = _about(sentence, one)
                kind = _kind(sentence[: one.start()])
                named = frozenset(_NAMED.findall(sentence)) - {"A", "I"}
                number = _number(one[1])
                yield Quantity(place, sentence, number, unit, kind, about, condition, named)


def _number(typed: str) -> float:
    small = _SMALL.get(typed.lower())
    return float(typed.replace(",", "")) if small is None else float(small)


def _kind(before: str) -> str:
    """By what stands before the number, the nearest word first."""
    most = [one.end() for one in _AT_MOST.finditer(before)]
    least = [one.end() for one in _AT_LEAST.finditer(before)]
    if not most and not least:
        return "exact"
    return "most" if max(most, default=-1) >= max(least, default=-1) else "least"


def _about(sentence: str, quantity: re.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    rest = f"{sentence[: quantity.start()]} {sentence[quantity.end() :]}"
    parts = _CONDITION.split(rest)
    return _words(rest), _words(" ".join(parts[1:]))


def _words(text: str) -> frozenset[str]:
    found = {_SAME.get(word, word) for word in _WORD.findall(text.lower())}
    return frozenset(_stem(word) for word in found - _EMPTY if word not in _SMALL)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _clash(a: Quantity, b: Quantity) -> bool:
    """Whether no number, or not the same limit, satisfies both."""
    if a.kind == b.kind:
        return a.number != b.number
    low, high = sorted((a, b), key=lambda one: ("least", "exact", "most").index(one.kind))
    return low.number > high.number


def _same_thing(a: Quantity, b: Quantity) -> bool:
    if a.named != b.named:
        return False
    if a.condition != b.condition and (a.condition - b.about or b.condition - a.about):
        return False
    smaller = min(len(a.about), len(b.about))
    shared = len(a.about & b.about)
    return smaller > 0 and shared / smaller >= OVERLAP and (shared > 1 or smaller == 1)

"""The words of a text, as the demo model compares them. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_EMPTY_WORDS = """a an and are as at be been but by can could did do does for from had has have how
i if in is it its me my no not of on or our so than that the their them then there they this to was
we were what when where which who why will with would you your please am im just about"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@lru_cache(maxsize=4096)
def stems(text: str) -> Counter[str]:
    """The words that carry a meaning, each cut to its first letters: "refunded" meets "refunds"."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY)
    return Counter(word[: max(4, len(word) - 3)] if len(word) > 4 else word for word in words)


def likeness(one: str, other: str) -> float:
    """0 for no common word, 1 for the same words."""
    a, b = stems(one), stems(other)
    both = sum((a & b).values())
    return 2 * both / (sum(a.values()) + sum(b.values())) if both else 0.0


def share(part: str, whole: str) -> float:
    """How much of one text's words another one has."""
    a, b = stems(part), stems(whole)
    return sum((a & b).values()) / sum(a.values()) if a else 0.0


def sentences(text: str) -> list[str]:
    return [part.strip(" \t-*•#>") for part in _SENTENCE.split(text) if part.strip(" \t-*•#>")]


def lot(text: str, sides: int) -> int:
    """A throw of a die that always falls the same way for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8]) % sides

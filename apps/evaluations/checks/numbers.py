"""Numbers as people and models write them: 1,234.50 and 1.234,50 and 42.90 €."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![\w.,])[-+−]?\d{1,30}(?:[., '’]\d{1,30}){0,10}(?![\w])")
_LEAST_GROUPS = re.compile(r"^\d{1,3}(?:[., '’]\d{3})+$")


def numbers_in(text: str) -> list[float]:
    found = (read_number(match[0]) for match in _NUMBER.finditer(text))
    return [number for number in found if number is not None]


def read_number(text: str) -> float | None:
    """None for what is no number. A point or comma before the last digits is the decimal one, but
    where it can only stand between thousands."""
    words = text.strip().replace("−", "-").replace("’", "'")
    sign = -1.0 if words.startswith("-") else 1.0
    words = words.lstrip("+-").replace(" ", "").replace("'", "")
    if not re.fullmatch(r"\d[\d.,]{0,60}", words):
        return None
    last = max(words.rfind("."), words.rfind(","))
    if last < 0:
        return sign * float(words)
    mark = words[last]
    if words.count(mark) > 1 or (mark == "," and _LEAST_GROUPS.match(words)):
        digits = re.sub(r"[.,]", "", words)
        return sign * float(digits) if _LEAST_GROUPS.match(words) else None
    whole = re.sub(r"[.,]", "", words[:last])
    return sign * float(f"{whole}.{words[last + 1 :] or '0'}")

"""A JSON value as RFC 8785 writes it: one text for one value, which is what a signature covers."""

from __future__ import annotations

import json
import math
from typing import Any

_EXACT = 2**53 - 1  # beyond it a JSON number is what a double can hold


def canonical(value: Any) -> bytes:
    """UTF-8 bytes; ValueError for what JSON cannot hold (NaN, half a surrogate pair)."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value) if -_EXACT <= value <= _EXACT else _number(float(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, dict):
        fields = sorted(value.items(), key=lambda field: field[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_text(inner)}" for name, inner in fields) + "}"
    raise ValueError(f"no JSON: {type(value).__name__}")


def _number(value: float) -> str:
    """The shortest digits that mean this double, laid out as ECMAScript does."""
    if not math.isfinite(value):
        raise ValueError("no JSON: not a finite number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, power = f"{abs(value)!r}".partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(power or 0)  # digits before the decimal point
    point -= len(whole + part) - len(digits)
    return sign + _laid_out(digits.rstrip("0"), point)


def _laid_out(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"

r"""The one rule of variables: `{{name}}`, with up to 8 spaces inside the braces.

A run of backslashes before `{{` is read in pairs: each pair is one backslash, and a single one
left over makes the `{{` literal (`\{{` is `{{`, `\\{{name}}` is a backslash and a variable).
Every other brace is literal text. No pattern can look at one character more than a fixed number
of times, so time grows with the length alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

_NAME = r"\{\{ {0,8}([A-Za-z_][A-Za-z0-9_]{0,63}) {0,8}\}\}"
# Possessive, and only from the first backslash of a run: never tried twice.
_MARK = re.compile(rf"(?<!\\)(?:(\\*+){_NAME}|(\\++)\{{\{{)")
_BRACES = re.compile(rf"(?<!\\)(?:(\\*+){_NAME}|(\\++)\{{\{{|\{{\{{(?!\{{))")


class Token(NamedTuple):
    """`text` is what stands at `start`; `value` what it means: the text itself, without escapes,
    or a variable's name. `kind`: text, variable, odd (braces that are no variable)."""

    kind: str
    text: str
    start: int
    value: str


def tokens(text: str) -> list[Token]:
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    end = 0
    for found in _BRACES.finditer(text):
        if found.start() > end:
            yield Token("text", text[end : found.start()], end, text[end : found.start()])
        yield from _read(found)
        end = found.end()
    if end < len(text):
        yield Token("text", text[end:], end, text[end:])


def _read(found: re.Match[str]) -> Iterator[Token]:
    slashes, name = len(found[1] or found[3] or ""), found[2]
    middle = found.start() + slashes
    braces = found.string[middle : found.end()]
    if slashes:
        literal = "\\" * (slashes // 2) + (braces if slashes % 2 else "")
        escaped = "\\" * slashes + (braces if slashes % 2 else "")
        yield Token("text", escaped, found.start(), literal)
    if slashes % 2 == 0:
        yield Token("variable" if name else "odd", braces, middle, name or braces)


def variable_names(text: str) -> list[str]:
    """In order of first use."""
    found = (m for m in _MARK.finditer(text) if m[2] and len(m[1]) % 2 == 0)
    return list(dict.fromkeys(m[2] for m in found))


def odd_braces(text: str, limit: int = 100) -> list[Token]:
    """The first `limit` braces that look like a variable and are none."""
    odd: list[Token] = []
    for token in _tokens(text):
        if len(odd) == limit:
            break
        if token.kind == "odd":
            odd.append(token)
    return odd


def substitute(text: str, texts: Mapping[str, str]) -> str:
    """One pass; what was put in is never read again. KeyError for a name without a text."""
    return _MARK.sub(_put(texts), text) if "{{" in text else text


def _put(texts: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def put(found: re.Match[str]) -> str:
        slashes = len(found[1] or found[3] or "")
        literal = "\\" * (slashes // 2)
        if found[2] and slashes % 2 == 0:
            return literal + texts[found[2]]
        return literal + found[0][slashes:]

    return put


def escape(text: str) -> str:
    """The text that renders as `text`: no variable, no escape in it is read as one."""
    return re.sub(r"(?<!\\)(\\*+)\{\{", lambda m: m[1] * 2 + "\\{{", text)

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
    or a variable's name. `kind`: text, variable, or (from `odd_braces` alone) odd."""

    kind: str
    text: str
    start: int
    value: str


def tokens(text: str) -> list[Token]:
    """Texts and variables in turn; they put the text together again."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    start = end = 0
    meaning: list[str] = []
    for found in _MARK.finditer(text):
        slashes = len(found[1] or found[3] or "")
        middle = found.start() + slashes
        meaning += (text[end : found.start()], "\\" * (slashes // 2))
        end = found.end()
        if found[2] is None or slashes % 2:
            meaning.append(text[middle:end])
            continue
        if middle > start:
            yield Token("text", text[start:middle], start, "".join(meaning))
        yield Token("variable", text[middle:end], middle, found[2])
        start, meaning = end, []
    if start < len(text):
        yield Token("text", text[start:], start, "".join(meaning) + text[end:])


def variable_names(text: str) -> list[str]:
    """In order of first use."""
    found = (m for m in _MARK.finditer(text) if m[2] and len(m[1]) % 2 == 0)
    return list(dict.fromkeys(m[2] for m in found))


def odd_braces(text: str, limit: int = 100) -> list[Token]:
    """The first `limit` braces that look like a variable and are none."""
    odd: list[Token] = []
    for found in _BRACES.finditer(text):
        if len(odd) == limit:
            break
        if found[2] is None and len(found[3] or "") % 2 == 0:
            odd.append(Token("odd", "{{", found.end() - 2, "{{"))
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

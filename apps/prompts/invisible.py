"""Characters that a reader cannot see: what they are called, and which are harmless."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# Cheap net for what may be invisible; `_hidden` decides. Letters of every script pass through.
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    "\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800"
    "\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ue000-\uf8ff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_FLAGS = {
    f"\U0001f3f4{''.join(chr(0xE0000 + ord(c)) for c in code)}\U000e007f": code
    for code in ("gbeng", "gbsct", "gbwls")
}
_FLAG = re.compile("|".join(_FLAGS))
_NAMES = {
    "\u00a0": "No-break space",
    "\u00ad": "Soft hyphen",
    "\u200b": "Zero width space",
    "\u200e": "Left-to-right mark",
    "\u200f": "Right-to-left mark",
    "\u2028": "Line separator",
    "\u2029": "Paragraph separator",
    "\ufeff": "Byte order mark",
    "\r": "Carriage return",
}
_JOINERS = ("\u200c", "\u200d")


class Visible(NamedTuple):
    """A stretch of text; `marker` names the hidden character that it is, or is ""."""

    text: str
    marker: str


def visible(text: str) -> list[Visible]:
    """The text in stretches, each hidden character alone with its name; texts join to `text`."""
    found: list[Visible] = []
    end = 0
    for place in _hidden_places(text):
        if place > end:
            found.append(Visible(text[end:place], ""))
        found.append(Visible(text[place], _name(text[place])))
        end = place + 1
    if end < len(text):
        found.append(Visible(text[end:], ""))
    return found


def hidden_names(text: str, limit: int = 1000) -> list[str]:
    """The names of the hidden characters in order, without repeats, of the first `limit`."""
    return list(dict.fromkeys(_name(text[place]) for place in _hidden_places(text)[:limit]))


def _hidden_places(text: str) -> list[int]:
    if text.isascii() and text.isprintable():
        return []
    flags = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())}
    return [
        found.start()
        for found in _SUSPECT.finditer(text)
        if found.start() not in flags and not _is_harmless(text, found.start())
    ]


def _is_harmless(text: str, place: int) -> bool:
    """Part of an emoji, or a joiner between two letters that are written with it."""
    letter = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if letter in _JOINERS and before and after:
        return _takes_joiners(before) and _takes_joiners(after)
    if letter in "\ufe0e\ufe0f":
        return _is_pictorial(before) or (before in "0123456789#*" and after == "\u20e3")
    return False


def _takes_joiners(letter: str) -> bool:
    """Emoji, and the scripts whose letters change shape (Arabic to the Indic ones, Mongolian)."""
    if "\u0600" <= letter <= "\u0dff" or "\u1800" <= letter <= "\u18af":
        return True
    return _is_pictorial(letter) or letter == "\ufe0f"


def _is_pictorial(letter: str) -> bool:
    return (
        bool(letter)
        and unicodedata.category(letter) in ("So", "Sk", "Sm", "Po")
        and (letter > "\u00a8")
    )


def _name(letter: str) -> str:
    if letter in _NAMES:
        return _NAMES[letter]
    if "\U000e0020" <= letter <= "\U000e007e":
        return f"Tag character {chr(ord(letter) - 0xE0000)}"
    return unicodedata.name(letter, f"Character U+{ord(letter):04X}").capitalize()

"""Patterns that people write, run by RE2: time grows with the length, whatever the pattern. T16.

RE2 does `size of the program` by `length of the text` steps at worst; both are limited, so that no
pattern takes more than a fraction of a second.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

MAX_PATTERN = 1000  # characters
MAX_PROGRAM = 1000  # steps of RE2's program: nested repeats multiply them
MAX_WORK = 10_000_000  # steps by characters, about a tenth of a second
_MEMORY = 1 << 20


class PatternError(Exception):
    """The sentence says what is wrong with the pattern, or that it is too heavy for a text."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Raises PatternError."""
    import re2

    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"A pattern has at most {MAX_PATTERN:,} characters. Shorten it.")
    options = re2.Options()
    options.max_mem, options.log_errors = _MEMORY, False
    try:
        found = re2.compile(pattern, options)
    except re2.error as error:
        raise PatternError(_in_words(error)) from None
    if found.programsize > MAX_PROGRAM:
        raise PatternError("This pattern repeats too much. Use fewer or smaller numbers in { }.")
    return found


def search(pattern: str, text: str, *, whole: bool = False) -> Any:
    """The first place where it fits, or None. Raises PatternError."""
    program = compiled(pattern)
    if program.programsize * len(text) > MAX_WORK:
        most = MAX_WORK // program.programsize
        raise PatternError(
            f"This pattern reads at most {most:,} characters, and the text has {len(text):,}."
            " Make the pattern simpler."
        )
    return program.fullmatch(text) if whole else program.search(text)


def _in_words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "too large" in said or "repetition size" in said:
        return "This pattern repeats too much. Use fewer or smaller numbers in { }."
    if "invalid perl operator" in said or "invalid escape" in said:
        return f"Looking ahead, back or at what was found before is not possible here: {said}."
    return f"This is no pattern: {said}."

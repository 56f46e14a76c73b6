"""Small pieces of English for the sentences of checks."""

from __future__ import annotations

from collections.abc import Sequence

SHORT = 60


def quoted(text: str, most: int = SHORT) -> str:
    """“text”, in one line, cut after `most` characters."""
    line = " ".join(text.split())
    return f"“{line[: most - 1]}…”" if len(line) > most else f"“{line}”"


def listed(texts: Sequence[str], last: str, most: int = 4) -> str:
    """“a”, “b” or “c”; of many the first few and how many more."""
    shown = [quoted(text, 40) for text in texts[:most]]
    if len(texts) > most:
        return f"{', '.join(shown)} {last} {len(texts) - most} more"
    return (
        f" {last} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
    )


def number(value: float) -> str:
    """Without needless digits: 3, 0.8, 1,200."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def count(many: int, noun: str) -> str:
    return f"{many:,} {noun}" if many == 1 else f"{many:,} {noun}s"

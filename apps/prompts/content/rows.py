"""Example rows as text and back, so that retyping a block loses no word."""

from __future__ import annotations

import re
from typing import Any

from apps.prompts.content.shape import new_block

_ROW = re.compile(r"(?:^|\n\n)Input: ")
_OUTPUT = "\nOutput: "


def rows_text(rows: list[dict[str, str]]) -> str:
    return "\n\n".join(f"Input: {row['input']}{_OUTPUT}{row['output']}" for row in rows)


def text_rows(text: str) -> tuple[str, list[dict[str, str]]]:
    """(what stands before the first row, the rows). A text without rows comes back whole."""
    pieces = _ROW.split(text)
    if len(pieces) == 1 or any(_OUTPUT not in piece for piece in pieces[1:]):
        return text, []
    pairs = (piece.split(_OUTPUT, 1) for piece in pieces[1:])
    return pieces[0], [{"input": given, "output": wanted} for given, wanted in pairs]


def retype(block: dict[str, Any], to: str) -> dict[str, Any]:
    """The same block with another type. Leaving `examples` writes the rows into the body,
    becoming `examples` reads them from it."""
    body, rows = block["body"], block.get("rows", [])
    if to == block["type"]:
        return dict(block)
    if to == "examples":
        body, rows = text_rows(body)
    elif rows:
        body = f"{body}\n\n{rows_text(rows)}" if body else rows_text(rows)
    fresh = new_block(to, body=body, rows=rows, as_="messages" if rows else "text")
    return {**fresh, **{name: block[name] for name in ("key", "title", "enabled", "snippet")}}

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


def arranged(rows: list[dict[str, str]], act: str) -> list[dict[str, str]]:
    """The rows after one act of a form: "up 2", "down 2", "duplicate 2" or "remove 2", counted from
    0. Anything else leaves them as they are."""
    word, _sign, typed = act.partition(" ")
    place = int(typed) if re.fullmatch(r"[0-9]{1,4}", typed) else len(rows)
    if place >= len(rows):
        return rows
    rest = [*rows[:place], *rows[place + 1 :]]
    to = {"up": max(place - 1, 0), "down": place + 1, "duplicate": place}.get(word)
    if word == "duplicate":
        rest = rows
    return rest if word == "remove" else rows if to is None else _inserted(rest, to, rows[place])


def _inserted(rows: list[dict[str, str]], place: int, row: dict[str, str]) -> list[dict[str, str]]:
    return [*rows[:place], row, *rows[place:]]


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

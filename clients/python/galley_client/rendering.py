r"""Messages and values → messages, exactly as the server does it (`tests/vectors/render.json`).

`{{name}}` with up to 8 spaces inside the braces is a variable; `\{{` is a literal `{{` and
`\\{{name}}` a backslash and a variable; everything else is text. A value is put in once and never
read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from galley_client.errors import ValuesError
from galley_client.values import check_value, value_text

MAX_OUTPUT = 4 * 1024 * 1024
_MARK = re.compile(r"(?<!\\)(?:(\\*+)\{\{ {0,8}([A-Za-z_][A-Za-z0-9_]{0,63}) {0,8}\}\}|(\\++)\{\{)")

Message = dict[str, Any]


def render(
    messages: Sequence[Message],
    variables: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    limit: int = MAX_OUTPUT,
) -> tuple[list[Message], list[str]]:
    """(messages, names of the values that no variable asked for). ValuesError names each variable
    that does not fit. `limit` is in bytes."""
    declared = {variable["name"]: variable for variable in variables}
    problems = {n: s for n, v in declared.items() if (s := check_value(v, values.get(n)))}
    uses = [name for message in messages for name in _uses(message["content"])]
    problems |= {n: f"“{n}” is used but not declared." for n in uses if n not in declared}
    if problems:
        raise ValuesError(problems)
    texts = {name: value_text(declared[name], values.get(name)) for name in dict.fromkeys(uses)}
    _check_size(messages, texts, uses, limit)
    done = [{**message, "content": _substitute(message["content"], texts)} for message in messages]
    return done, sorted(set(values) - set(declared))


def names(messages: Sequence[Message]) -> list[str]:
    return list(dict.fromkeys(name for m in messages for name in _uses(m["content"])))


def _uses(text: str) -> Iterator[str]:
    return (m[2] for m in _MARK.finditer(text) if m[2] and len(m[1]) % 2 == 0)


def _check_size(
    messages: Sequence[Message], texts: dict[str, str], uses: list[str], limit: int
) -> None:
    sizes = {name: len(text.encode()) for name, text in texts.items()}
    total = sum(len(m["content"].encode()) for m in messages) + sum(sizes[n] for n in uses)
    if total > limit:
        sentence = f"With these values the messages would hold over {limit:,} bytes. Shorten them."
        raise ValuesError({max(sizes, key=sizes.__getitem__, default=""): sentence})


def _substitute(text: str, texts: Mapping[str, str]) -> str:
    def put(found: re.Match[str]) -> str:
        slashes = len(found[1] or found[3] or "")
        literal = "\\" * (slashes // 2)
        if found[2] and slashes % 2 == 0:
            return literal + texts[found[2]]
        return literal + found[0][slashes:]

    return _MARK.sub(put, text)

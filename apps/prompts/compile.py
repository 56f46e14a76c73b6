"""Content → messages (compile), messages and values → messages (render). Pure and without Django:
`clients/python` holds the same rendering, and `tests/vectors` holds both to it.

Compile: every enabled block but input and note goes into the system message, in order; input
blocks make the user message; example rows become user/assistant pairs between the two, or text
where the block stands, as the block says. Blocks are set apart by a blank line; before a Markdown
heading a line end is enough, so that an imported text, whose titles are its own heading lines,
compiles to its own bytes. A block with a blank body and no title is left out.

Headings: `none` sends bodies alone; `markdown` puts `# Title` above each (the label of the type
where there is no title; nothing above an untitled custom block); `xml` wraps each in a tag named
after its type (a custom block: after its title). An input block has a heading only if titled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.prompts.content import BLOCK_LABELS, Document, Problem, rows_text
from apps.prompts.placeholders import substitute, tokens, variable_names
from apps.prompts.values import check_value, value_text

MAX_OUTPUT = 4 * 1024 * 1024
_HEADING = re.compile(r"#{1,6} ")
_TAG = re.compile(r"[^a-z0-9]+")

Message = dict[str, str]


@dataclass(frozen=True)
class Piece:
    """The part of a message that one block makes; `role` is system, user or assistant."""

    block_key: str
    block_type: str
    role: str
    text: str


@dataclass(frozen=True)
class Compiled:
    """`model` is {"id", "parameters"}, or None where the prompt names no model."""

    messages: tuple[Message, ...]
    pieces: tuple[Piece, ...]
    model: dict[str, Any] | None


@dataclass(frozen=True)
class Rendered:
    """`extra`: the names of the values that no variable asked for."""

    messages: tuple[Message, ...]
    extra: tuple[str, ...]


class UnknownModel(Exception):
    def __init__(self, model: str, names: Iterable[str]) -> None:
        self.names = tuple(names)
        known = f"It has {', '.join(self.names)}." if self.names else "It names no model."
        super().__init__(f"This prompt has no variant for “{model}”. {known}")


class ValuesError(Exception):
    """`problems`: one for each value that does not fit; `path` is the variable's name."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(problem.sentence for problem in self.problems))


def compile_content(content: Document, model: str | None = None) -> Compiled:
    variant = _variant(content["models"], model)
    blocks = [own for b in content["blocks"] if _is_sent(own := _overridden(b, variant))]
    headings = content["rendering"]["headings"]
    system = list(_pieces((b for b in blocks if b["type"] != "input"), "system", headings))
    talk = [piece for b in blocks for piece in _talk(b)]
    user = list(_pieces((b for b in blocks if b["type"] == "input"), "user", headings))
    messages = [*_message("system", system), *map(_alone, talk), *_message("user", user)]
    chosen = variant and {"id": variant["model"], "parameters": variant["parameters"]}
    return Compiled(tuple(messages), (*system, *talk, *user), chosen)


def _variant(models: list[dict[str, Any]], name: str | None) -> dict[str, Any] | None:
    if name is None:
        return models[0] if models else None
    for model in models:
        if model["model"] == name:
            return model
    raise UnknownModel(name, (model["model"] for model in models))


def _is_sent(block: dict[str, Any]) -> bool:
    return bool(block["enabled"]) and block["type"] != "note"


def _overridden(block: dict[str, Any], variant: dict[str, Any] | None) -> dict[str, Any]:
    """Other words for this model, or none at all; a block that is off stays off."""
    override = variant["overrides"].get(block["key"], {}) if variant else {}
    return {**block, **override}


def _pieces(blocks: Iterable[dict[str, Any]], role: str, headings: str) -> Iterable[Piece]:
    for block in blocks:
        body = _body(block)
        if not body.strip() and not block["title"].strip():
            continue
        text = _headed(block, body, headings)
        if text.strip():
            yield Piece(block["key"], block["type"], role, text)


def _body(block: dict[str, Any]) -> str:
    if block.get("as") != "text" or not block["rows"]:
        return str(block["body"])
    rows = rows_text(block["rows"])
    return f"{block['body']}\n\n{rows}" if block["body"] else rows


def _headed(block: dict[str, Any], body: str, headings: str) -> str:
    title = block["title"].strip()
    if headings == "none" or (not title and block["type"] in ("input", "custom")):
        return body
    if headings == "xml":
        tag = _tag(block)
        end = "" if body.endswith("\n") else "\n"
        return f"<{tag}>\n{body}{end}</{tag}>"
    if _HEADING.match(block["title"]):
        joint = "" if body[:1] in ("", "\n") else "\n"
        return f"{block['title']}{joint}{body}"
    heading = f"# {title or BLOCK_LABELS[block['type']]}"
    return f"{heading}\n\n{body}" if body else heading


def _tag(block: dict[str, Any]) -> str:
    if block["type"] != "custom":
        return str(block["type"])
    name = _TAG.sub("_", block["title"].casefold()).strip("_")
    return name if name[:1].isalpha() else "custom"


def _talk(block: dict[str, Any]) -> Iterable[Piece]:
    if block.get("as") != "messages":
        return
    for row in block["rows"]:
        yield Piece(block["key"], "examples", "user", row["input"])
        yield Piece(block["key"], "examples", "assistant", row["output"])


def _alone(piece: Piece) -> Message:
    return {"role": piece.role, "content": piece.text}


def _message(role: str, pieces: Sequence[Piece]) -> list[Message]:
    text = ""
    for piece in pieces:
        text += _gap(text, piece.text) + piece.text
    return [{"role": role, "content": text}] if pieces else []


def _gap(before: str, after: str) -> str:
    """What is missing to a blank line; to a line end alone, before a Markdown heading."""
    if not before:
        return ""
    if before.endswith("\n") and _HEADING.match(after):
        return ""
    ends = len(before[-2:]) - len(before[-2:].rstrip("\n"))
    begins = len(after[:2]) - len(after[:2].lstrip("\n"))
    return "\n" * max(0, 2 - ends - begins)


def used_variables(content: Document) -> dict[str, list[str]]:
    """Each variable that the text of a sent block uses → the keys of those blocks."""
    used: dict[str, list[str]] = {}
    for key, text in _texts(content):
        for name in variable_names(text):
            keys = used.setdefault(name, [])
            if key not in keys:
                keys.append(key)
    return used


def _texts(content: Document) -> Iterable[tuple[str, str]]:
    headings = content["rendering"]["headings"]
    for block in content["blocks"]:
        if not _is_sent(block):
            continue
        yield block["key"], block["title"] if headings == "markdown" else ""
        yield block["key"], block["body"]
        for row in block.get("rows", ()):
            yield from ((block["key"], row["input"]), (block["key"], row["output"]))
        for model in content["models"]:
            yield block["key"], model["overrides"].get(block["key"], {}).get("body", "")


def render(
    messages: Iterable[Message],
    variables: Sequence[Mapping[str, Any]],
    values: Mapping[str, Any],
    *,
    limit: int = MAX_OUTPUT,
) -> Rendered:
    """Puts the values in, once; ValuesError names every variable that does not fit. `limit` is in
    UTF-8 bytes over all messages."""
    messages = list(messages)
    declared = {variable["name"]: dict(variable) for variable in variables}
    problems = [
        Problem(name, sentence)
        for name, variable in declared.items()
        if (sentence := check_value(variable, values.get(name)))
    ]
    used = dict.fromkeys(name for m in messages for name in variable_names(m["content"]))
    problems += [Problem(n, f"“{n}” is used but not declared.") for n in used if n not in declared]
    if problems:
        raise ValuesError(problems)
    texts = {name: value_text(declared[name], values.get(name)) for name in used}
    _check_size(messages, texts, limit)
    done = tuple({**m, "content": substitute(m["content"], texts)} for m in messages)
    return Rendered(done, tuple(sorted(set(values) - set(declared))))


def filled_size(messages: Iterable[Message], texts: Mapping[str, str]) -> int:
    """UTF-8 bytes at most, counted before anything is built: a short prompt can name a long value
    many times. A variable without a text counts as it stands."""
    sizes = {name: len(text.encode()) for name, text in texts.items()}
    bodies = [message["content"] for message in messages]
    return sum(len(body.encode()) + sum(_uses(body, sizes)) for body in bodies)


def too_long(limit: int = MAX_OUTPUT) -> str:
    return f"With these values the messages would hold over {limit:,} bytes. Shorten them."


def _check_size(messages: list[Message], texts: dict[str, str], limit: int) -> None:
    if filled_size(messages, texts) > limit:
        longest = max(texts, key=lambda name: len(texts[name].encode()), default="")
        raise ValuesError([Problem(longest, too_long(limit))])


def _uses(text: str, sizes: dict[str, int]) -> Iterable[int]:
    return (sizes.get(token.value, 0) for token in tokens(text) if token.kind == "variable")

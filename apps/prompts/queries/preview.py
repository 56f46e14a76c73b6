"""What a model would be sent, with the values of a sample where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.llm.tokens import count_tokens
from apps.prompts import content
from apps.prompts.compile import MAX_OUTPUT, compile_content, filled_size, too_long
from apps.prompts.models import Sample
from apps.prompts.placeholders import Token, tokens
from apps.prompts.values import check_value, value_text


@dataclass(frozen=True)
class Part:
    """`kind`: text, fill (the value of `name`) or missing (no value for `name`)."""

    text: str
    kind: str = "text"
    name: str = ""


@dataclass(frozen=True)
class PreviewMessage:
    """`role`: system, user or assistant."""

    role: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Preview:
    """`shares`: {"key", "type", "label", "tokens"} of each block that is sent, in order.
    `cost`: the price of a call in words, where somebody asked for it."""

    messages: tuple[PreviewMessage, ...]
    problems: tuple[str, ...]
    tokens: int
    shares: tuple[dict[str, Any], ...]
    sample: Sample | None = None
    cost: str = ""
    model: str = ""


def preview(
    document: content.Document,
    values: Mapping[str, Any] | None = None,
    sample: Sample | None = None,
    model: str | None = None,
) -> Preview:
    """As the named model is told it, else as the first.

    Without values the variables stand as they are. A value that does not fit is a problem; so
    are values that make the messages too long, and then all variables stand as they are."""
    compiled = compile_content(document, model)
    texts, problems = _texts(document, values)
    if texts and filled_size(compiled.messages, texts) > MAX_OUTPUT:
        texts, problems = {}, [*problems, too_long()]
    messages = tuple(
        PreviewMessage(message["role"], _parts(message["content"], texts))
        for message in compiled.messages
    )
    filled = [(piece.block_key, _filled(_parts(piece.text, texts))) for piece in compiled.pieces]
    shares = _shares(document, filled)
    total = sum(count_tokens(_filled(message.parts)) for message in messages)
    named = compiled.model["id"] if compiled.model else ""
    return Preview(messages, tuple(problems), total, shares, sample, model=named)


def _texts(
    document: content.Document, values: Mapping[str, Any] | None
) -> tuple[dict[str, str], list[str]]:
    """Name → what is put in, for the variables that have a value or need none; what is wrong."""
    texts: dict[str, str] = {}
    problems: list[str] = []
    for variable in document["variables"] if values is not None else ():
        value = (values or {}).get(variable["name"])
        if sentence := check_value(variable, value):
            problems.append(sentence)
        else:
            texts[variable["name"]] = value_text(variable, value)
    return texts, problems


def _parts(text: str, texts: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple(_part(token, texts) for token in tokens(text))


def _part(token: Token, texts: Mapping[str, str]) -> Part:
    if token.kind != "variable":
        return Part(token.value)
    if token.value in texts:
        return Part(texts[token.value], "fill", token.value)
    return Part(token.text, "missing", token.value)


def _filled(parts: Iterable[Part]) -> str:
    return "".join(part.text for part in parts)


def _shares(
    document: content.Document, pieces: Iterable[tuple[str, str]]
) -> tuple[dict[str, Any], ...]:
    counted: dict[str, int] = {}
    for key, text in pieces:
        counted[key] = counted.get(key, 0) + count_tokens(text)
    return tuple(
        {
            "key": block["key"],
            "type": block["type"],
            "label": content.BLOCK_LABELS[block["type"]],
            "tokens": counted[block["key"]],
        }
        for block in document["blocks"]
        if block["key"] in counted
    )

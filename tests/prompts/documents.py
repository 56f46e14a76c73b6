"""Documents for the tests of the pure modules: by hand, from the samples, and by hypothesis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from apps.prompts.content import (
    BLOCK_TYPES,
    HEADINGS,
    OUTPUT_FORMATS,
    Document,
    new_block,
    new_content,
    new_variable,
)

TESTS = Path(__file__).parents[1]


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((TESTS / "vectors" / f"{name}.json").read_text("utf-8"))


def histories() -> list[dict[str, Any]]:
    lines = (TESTS / "data" / "prompt-histories.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def document(*blocks: dict[str, Any], **fields: Any) -> Document:
    return {**new_content(), "blocks": list(blocks), **fields}


words = st.text(st.sampled_from("ab .\n{}\\é👍漢"), max_size=40)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=60)
titles = words.map(lambda text: text.replace("\n", " "))
rows = st.lists(st.fixed_dictionaries({"input": words, "output": words}), max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | titles,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(titles, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def blocks(draw: st.DrawFn, key: str | None = None) -> dict[str, Any]:
    return new_block(
        draw(st.sampled_from(BLOCK_TYPES)),
        title=draw(titles),
        body=draw(words),
        key=key or draw(st.uuids().map(str)),
        enabled=draw(st.booleans()),
        rows=draw(rows),
        as_=draw(st.sampled_from(("messages", "text"))),
    )


@st.composite
def variables(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(("text", "number", "yes_no", "choice")))
    return new_variable(
        name,
        type=kind,
        required=draw(st.booleans()),
        description=draw(words),
        max_length=draw(st.none() | st.integers(1, 99)) if kind == "text" else None,
        choices=("a", "b") if kind == "choice" else (),
    )


@st.composite
def models(draw: st.DrawFn, name: str, keys: list[str]) -> dict[str, Any]:
    overridden = draw(st.lists(st.sampled_from(keys), unique=True)) if keys else []
    return {
        "model": name,
        "parameters": draw(st.dictionaries(titles, json_values, max_size=2)),
        "overrides": {key: {"body": draw(words)} for key in overridden},
    }


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Few names and keys, so that two documents share many of them."""
    keys = draw(st.lists(st.sampled_from("stuvwxyz"), unique=True, max_size=6))
    names = draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3))
    chosen = draw(st.lists(st.sampled_from(("m1", "m2", "m3")), unique=True, max_size=3))
    return document(
        *(draw(blocks(key)) for key in keys),
        variables=[draw(variables(name)) for name in names],
        models=[draw(models(name, keys)) for name in chosen],
        tools=draw(st.lists(st.dictionaries(titles, json_values, max_size=2), max_size=2)),
        rendering={"kind": "chat", "headings": draw(st.sampled_from(HEADINGS))},
        output={
            "format": draw(st.sampled_from(OUTPUT_FORMATS)),
            "json_schema": draw(st.none() | st.dictionaries(titles, json_values, max_size=2)),
        },
    )

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.compile import (
    UnknownModel,
    ValuesError,
    compile_content,
    render,
    used_variables,
)
from apps.prompts.content import new_block, new_variable
from apps.prompts.placeholders import variable_names
from tests.prompts.documents import document, documents, vectors


@pytest.mark.parametrize("vector", vectors("compile"), ids=lambda vector: vector["name"])
def test_compile_follows_the_vectors(vector: dict[str, Any]) -> None:
    if vector["messages"] is None:
        with pytest.raises(UnknownModel) as refused:
            compile_content(vector["content"], vector["model"])
        assert list(refused.value.names) == vector["names"]
        return

    compiled = compile_content(vector["content"], vector["model"])

    assert list(compiled.messages) == vector["messages"]
    assert compiled.model == vector.get("chosen")


@pytest.mark.parametrize("vector", vectors("render"), ids=lambda vector: vector["name"])
def test_render_follows_the_vectors(vector: dict[str, Any]) -> None:
    limit = {"limit": vector["limit"]} if "limit" in vector else {}
    given_ = (vector["messages"], vector["variables"], vector["values"])
    if "problems" in vector:
        with pytest.raises(ValuesError) as refused:
            render(*given_, **limit)
        assert [problem.path for problem in refused.value.problems] == vector["problems"]
        return

    rendered = render(*given_, **limit)

    assert list(rendered.messages) == vector["rendered"]
    assert list(rendered.extra) == vector["extra"]


def test_unknown_model_says_which_there_are() -> None:
    model = {"model": "a/b", "parameters": {}, "overrides": {}}

    with pytest.raises(UnknownModel, match="no variant for “c/d”. It has a/b."):
        compile_content(document(models=[model]), "c/d")
    with pytest.raises(UnknownModel, match="It names no model."):
        compile_content(document(), "c/d")


@given(documents())
def test_compile_is_pure_and_its_pieces_are_the_messages(content: dict[str, Any]) -> None:
    before = copy.deepcopy(content)

    compiled = compile_content(content)

    assert content == before
    assert compile_content(content) == compiled
    joined = "".join(message["content"] for message in compiled.messages)
    pieces = "".join(piece.text for piece in compiled.pieces)
    assert joined.replace("\n", "") == pieces.replace("\n", "")
    assert [m["role"] for m in compiled.messages if m["role"] in ("system",)] in ([], ["system"])


@given(documents())
def test_used_variables_hold_every_name_that_is_sent(content: dict[str, Any]) -> None:
    names = [model["model"] for model in content["models"]] or [None]
    sent = {
        name
        for model in names
        for message in compile_content(content, model).messages
        for name in variable_names(message["content"])
    }

    assert sent <= set(used_variables(content))


def test_used_variables_name_their_blocks() -> None:
    content = document(
        new_block("role", key="a", title="{{t}}", body="{{x}} {{y}} {{x}}"),
        new_block("examples", key="b", rows=[{"input": "{{x}}", "output": "{{z}}"}]),
        new_block("note", key="c", body="{{note}}"),
        new_block("context", key="d", body="{{off}}", enabled=False),
    )

    assert used_variables(content) == {"x": ["a", "b"], "y": ["a"], "z": ["b"]}
    content["rendering"]["headings"] = "markdown"
    assert list(used_variables(content)) == ["t", "x", "y", "z"]


def test_an_error_names_each_variable_and_never_leaves_a_placeholder() -> None:
    messages = [{"role": "user", "content": "{{a}} {{b}}"}]
    declared = [new_variable("a"), new_variable("b", type="number")]

    with pytest.raises(ValuesError) as refused:
        render(messages, declared, {"b": "x"})

    assert str(refused.value) == "“a” needs a value. “b” must be a number, such as 3 or 0.5."
    assert render(messages, declared, {"a": "1", "b": 2}).messages[0]["content"] == "1 2"


names = st.sampled_from(("a", "b", "c"))
values = st.dictionaries(names, st.text(st.sampled_from("{}ab\\ "), max_size=12), min_size=3)


@given(st.lists(st.sampled_from(("{{a}}", "{{b}}", "{{c}}", "x{", "}", " "))), values)
def test_t15_values_stand_in_the_text_as_they_are(
    pieces: list[str], given_: Mapping[str, str]
) -> None:
    messages = [{"role": "user", "content": "|".join(pieces)}]

    rendered = render(messages, [new_variable(name) for name in "abc"], given_)

    by_hand = (given_[piece[2]] if piece.startswith("{{") else piece for piece in pieces)
    assert rendered.messages == ({"role": "user", "content": "|".join(by_hand)},)


def test_t15_a_short_prompt_cannot_build_a_huge_text() -> None:
    messages = [{"role": "user", "content": "{{a}}" * 5}]

    with pytest.raises(ValuesError, match="over 4,194,304 bytes"):
        render(messages, [new_variable("a")], {"a": "x" * 1024 * 1024})
    fits = render(messages, [new_variable("a")], {"a": "x" * 512 * 1024})
    assert len(fits.messages[0]["content"]) == 5 * 512 * 1024


def test_everything_else_of_a_message_stays() -> None:
    messages = [{"role": "assistant", "content": "{{a}}", "name": "{{a}}"}]

    rendered = render(messages, [new_variable("a")], {"a": "x"})

    assert rendered.messages == ({"role": "assistant", "content": "x", "name": "{{a}}"},)

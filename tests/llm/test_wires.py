"""What goes over the wire, and what is read from it, in both protocols."""

from __future__ import annotations

from typing import Any

import pytest

from apps.llm.answers import same_model
from apps.llm.asking import Answer, Asker, Line, Question, Unanswered
from apps.llm.unanswered import without_secrets
from apps.llm.wire_openai import read
from tests.llm.lines import CANARY, MODEL, asker_to, line_to, question, run
from tests.llm.provider import Provider

TOOL = {"name": "look_up", "description": "Finds", "parameters": {"type": "object"}}
SCHEMA = {"type": "object", "properties": {"said": {"type": "string"}}}
MESSAGES = (
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "Hello"},
)
WHOLE = Question("house/one", MODEL, MESSAGES, {"temperature": 0.2, "max_tokens": 50, "n": 5,
                 "model": "other", "stream": True}, (TOOL,), SCHEMA)  # fmt: skip


def test_openai_question_says_the_model_and_no_parameter_of_galley_s_own() -> None:
    async def asked() -> tuple[dict[str, Any], Answer]:
        async with Provider() as provider, asker_to(provider) as asker:
            answer = await asker.ask(WHOLE)
            return provider.calls[0].body, answer

    body, answer = run(asked())

    assert body == {
        "model": MODEL,
        "messages": list(MESSAGES),
        "temperature": 0.2,
        "max_tokens": 50,
        "tools": [{"type": "function", "function": TOOL}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA},
        },
    }
    assert (answer.text, answer.input_tokens, answer.output_tokens) == ("You said: Hello", 3, 3)


def test_anthropic_question_says_the_same_in_its_own_words() -> None:
    async def asked() -> tuple[dict[str, Any], dict[str, str], Answer, str]:
        async with Provider() as provider:
            line = Line("anthropic", provider.url.removesuffix("/v1"), CANARY, allow_private=True)
            async with Asker(line) as asker:
                answer = await asker.ask(WHOLE)
                plain = await asker.ask(question("Hello"))
            call = provider.calls[0]
            return call.body, call.headers, answer, plain.text

    body, headers, answer, plain = run(asked())

    assert CANARY in headers.get("x-api-key", headers.get("authorization", ""))
    assert body["system"] == "You help."
    assert body["messages"] == [MESSAGES[1]]
    assert (body["model"], body["max_tokens"], body["temperature"]) == (MODEL, 50, 0.2)
    assert [tool["name"] for tool in body["tools"]] == ["look_up", "answer"]
    assert answer.text == '{"said": "You said: Hello"}'
    assert plain == "You said: Hello"


def test_anthropic_failures_are_those_of_the_other_protocol() -> None:
    async def asked(fault: str) -> str:
        async with Provider(fault=fault) as provider:
            line = Line("anthropic", provider.url.removesuffix("/v1"), CANARY, allow_private=True)
            with pytest.raises(Unanswered) as failure:
                async with Asker(line, attempts=1) as asker:
                    await asker.ask(question("Hello"))
            assert CANARY not in f"{failure.value.detail} {failure.value!r}"
            return failure.value.code

    names = ("401", "429", "500", "529", "malformed", "closed", "redirect", "huge")
    found = {name: run(asked(name)) for name in names}

    assert found == {
        "401": "refused_key", "429": "rate_limited", "500": "server_error", "529": "overloaded",
        "malformed": "malformed", "closed": "cut_off", "redirect": "redirected",
        "huge": "too_large",
    }  # fmt: skip


def test_embeddings_come_in_the_order_of_the_texts() -> None:
    async def asked() -> list[list[float]]:
        async with Provider() as provider, asker_to(provider) as asker:
            return await asker.embed("embed-1", ["a b", "a", "c"])

    both, first, other = run(asked())

    assert [sum(each) for each in (both, first, other)] == [2.0, 1.0, 1.0]


def test_embeddings_of_a_strange_shape_are_malformed() -> None:
    async def asked() -> str:
        async with Provider(fault="wrong_schema") as provider, asker_to(provider) as asker:
            with pytest.raises(Unanswered) as failure:
                await asker.embed("embed-1", ["a"])
            return failure.value.code

    assert run(asked()) == "malformed"


def test_a_refusal_is_an_answer_that_says_so() -> None:
    message = {"role": "assistant", "content": None, "refusal": "I cannot do that."}
    body = {"model": MODEL, "choices": [{"message": message, "finish_reason": "stop"}]}

    found = read(body, 5)

    assert (found.text, found.finish) == ("I cannot do that.", "refusal")


def test_tool_calls_are_an_answer_without_text() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    body = {"model": MODEL, "choices": [{"message": message, "finish_reason": "tool_calls"}]}

    found = read(body, 5)

    assert found.tool_calls == ({"id": "c1", "name": "look_up", "arguments": "{}"},)
    assert found.finish == "tool_calls"


@pytest.mark.parametrize(
    ("asked", "said", "same"),
    [
        ("gpt-4o", "gpt-4o", True),
        ("gpt-4o", "gpt-4o-2024-08-06", True),
        ("claude-x-latest", "claude-x-20251001", True),
        ("openai/gpt-4o", "gpt-4o", True),
        ("llama3", "llama3:latest", True),
        ("gpt-4o", "", True),
        ("gpt-4o", "gpt-4o-mini", False),
        ("gpt-4o-mini", "gpt-4o", False),
        ("gpt-4o", "gpt-4", False),
        ("gpt-4o", "claude-x", False),
    ],
)
def test_same_model_knows_dated_names_from_other_models(asked: str, said: str, same: bool) -> None:
    assert same_model(asked, said) is same


@pytest.mark.parametrize(
    "text",
    [f"bad key {CANARY}", "Bearer abcdef", "key sk-proj-0123456789 is wrong", "sk-ab***yz12345"],
)
def test_words_of_a_provider_lose_their_secrets(text: str) -> None:
    assert "***" in without_secrets(text, CANARY)
    assert not {"abcdef", "0123456789", "yz12345", CANARY} & set(
        without_secrets(text, CANARY).replace("-", " ").split()
    )


def test_a_line_with_a_wrong_address_is_not_opened() -> None:
    async def asked() -> str:
        with pytest.raises(Unanswered) as failure:
            async with Asker(Line("openai", "http://models.example/v1")):
                pass
        return failure.value.code

    assert run(asked()) == "refused_address"


def test_a_connection_that_nobody_listens_at_is_unreachable() -> None:
    async def asked() -> str:
        async with Provider() as provider:
            line = line_to(provider)
        with pytest.raises(Unanswered) as failure:
            async with Asker(line, attempts=1) as asker:
                await asker.ask(question("Hello"))
        return failure.value.code

    assert run(asked()) == "unreachable"

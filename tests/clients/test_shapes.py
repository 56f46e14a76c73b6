"""A rendered prompt as the arguments of a model's client."""

from __future__ import annotations

from tests.clients.harness.answers import PATH
from tests.clients.harness.faces import Face
from tests.clients.harness.server import Server

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
JSON_OUTPUT = {"format": "json", "json_schema": SCHEMA}
FUNCTION = {"name": "look_up", "description": "Looks up.", "parameters": SCHEMA}
TOOL = {"type": "function", "function": FUNCTION}
MESSAGES = [
    {"role": "system", "content": "You are {{name}}."},
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Yes?"},
]


def test_openai_has_the_arguments_of_a_call(server: Server, galley: Face) -> None:
    server.release(tools=[TOOL], output=JSON_OUTPUT)

    assert galley.get(PATH).openai(name="Ana") == {
        "model": "gpt-5",
        "temperature": 0.2,
        "messages": [{"role": "system", "content": "Hello Ana."}],
        "tools": [TOOL],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": SCHEMA},
        },
    }


def test_openai_names_no_model_where_there_is_none(server: Server, galley: Face) -> None:
    server.release(model=None)

    assert galley.get(PATH).openai(name="Ana") == {
        "messages": [{"role": "system", "content": "Hello Ana."}]
    }


def test_anthropic_has_the_arguments_of_a_call(server: Server, galley: Face) -> None:
    model = {"id": "anthropic/claude-x", "parameters": {"temperature": 0.2, "max_tokens": 100}}
    server.release(messages=MESSAGES, model=model, tools=[TOOL], output=JSON_OUTPUT)

    assert galley.get(PATH).anthropic({"name": "Ana"}) == {
        "model": "claude-x",
        "max_tokens": 100,
        "temperature": 0.2,
        "system": "You are Ana.\n\nBe kind.",
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Yes?"},
        ],
        "tools": [{"name": "look_up", "description": "Looks up.", "input_schema": SCHEMA}],
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }


def test_anthropic_needs_a_limit_and_takes_its_own_tools(server: Server, galley: Face) -> None:
    own = {"name": "look_up", "input_schema": SCHEMA}
    server.release(
        messages=[{"role": "user", "content": "Hi {{name}}"}],
        model={"id": "anthropic/claude-x", "parameters": {}},
        tools=[own, {"type": "function", "function": {"name": "x"}}],
    )

    assert galley.get(PATH).anthropic(name="Ana") == {
        "model": "claude-x",
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": "Hi Ana"}],
        "tools": [own, {"name": "x", "input_schema": {"type": "object"}}],
    }


def test_changing_the_arguments_of_one_call_changes_no_other(server: Server, galley: Face) -> None:
    server.release(tools=[TOOL], output=JSON_OUTPUT)
    first = galley.get(PATH).openai(name="Ana")
    first["tools"][0]["function"]["name"] = "other"
    first["response_format"]["json_schema"]["schema"]["type"] = "array"
    first["messages"][0]["content"] = "Other"
    galley.get(PATH).parameters["temperature"] = 2

    second = galley.get(PATH).openai(name="Ana")

    assert second["tools"] == [TOOL]
    assert second["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (second["temperature"], second["messages"][0]["content"]) == (0.2, "Hello Ana.")

"""A rendered prompt as the arguments of a model's client: plain dictionaries, nothing imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from galley_client.rendering import Message

MAX_TOKENS = 4096
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def openai_call(
    messages: Sequence[Message],
    model: str | None,
    parameters: Mapping[str, Any],
    output: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The arguments of `chat.completions.create`; no model where the prompt names none."""
    call: dict[str, Any] = {**parameters, "messages": list(messages)}
    if model:
        call["model"] = model.removeprefix("openai/")
    if tools:
        call["tools"] = [dict(tool) for tool in tools]
    if output.get("json_schema"):
        schema = {"name": "answer", "schema": output["json_schema"]}
        call["response_format"] = {"type": "json_schema", "json_schema": schema}
    return call


def anthropic_call(
    messages: Sequence[Message],
    model: str | None,
    parameters: Mapping[str, Any],
    output: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The arguments of `messages.create`. System messages become `system`, joined by an empty line;
    `max_tokens` is 4,096 where the prompt sets none, because that interface demands one."""
    rest = {name: value for name, value in parameters.items() if name not in _LIMITS}
    limits = (parameters[name] for name in _LIMITS if parameters.get(name))
    call: dict[str, Any] = {
        **rest,
        "max_tokens": next(limits, MAX_TOKENS),
        "messages": [dict(m) for m in messages if m["role"] != "system"],
    }
    if system := [m["content"] for m in messages if m["role"] == "system"]:
        call["system"] = "\n\n".join(system)
    if model:
        call["model"] = model.removeprefix("anthropic/")
    if tools:
        call["tools"] = [_anthropic_tool(tool) for tool in tools]
    if output.get("json_schema"):
        form = {"type": "json_schema", "schema": output["json_schema"]}
        call["output_config"] = {"format": form}
    return call


def _anthropic_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool written for OpenAI in the other form; any other as it is."""
    function = tool.get("function")
    if tool.get("type") != "function" or not isinstance(function, Mapping):
        return dict(tool)
    said = {name: function[name] for name in ("name", "description") if name in function}
    return {**said, "input_schema": function.get("parameters") or {"type": "object"}}

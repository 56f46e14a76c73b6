from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from galley_client.rendering import Message, names, render

Answer = dict[str, Any]


@dataclass(frozen=True)
class Prompt:
    """One released prompt. `age`: seconds since the server last confirmed it. `is_stale`: the last
    attempt to refresh it failed, or the server itself could not look it up anew. A fallback has no
    version and no revision."""

    path: str
    version: int | None
    revision: int | None
    environment: str
    content_hash: str
    messages: tuple[Message, ...]
    variables: tuple[dict[str, Any], ...]
    model: str | None
    parameters: dict[str, Any]
    output: dict[str, Any]
    tools: tuple[dict[str, Any], ...]
    age: float = 0.0
    is_stale: bool = False
    is_fallback: bool = False

    def render(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> list[Message]:
        """The messages with the values put in. ValuesError names each one that does not fit."""
        given = {**(values or {}), **more}
        declared = _guessed(self, given) if self.is_fallback else self.variables
        return render(self.messages, declared, given)[0]

    def openai(self, values: Mapping[str, Any] | None = None, /, **more: Any) -> dict[str, Any]:
        """The arguments of `chat.completions.create`; no model where the prompt names none."""
        call: dict[str, Any] = {**self.parameters, "messages": self.render(values, **more)}
        if self.model:
            call["model"] = self.model.removeprefix("openai/")
        if self.tools:
            call["tools"] = list(self.tools)
        if self.output.get("json_schema"):
            schema = {"name": "answer", "schema": self.output["json_schema"]}
            call["response_format"] = {"type": "json_schema", "json_schema": schema}
        return call


def prompt_from(answer: Answer, *, age: float, is_stale: bool) -> Prompt:
    """KeyError, TypeError or AttributeError if it is no answer of Galley."""
    model = answer["model"] or {}
    return Prompt(
        path=answer["prompt"],
        version=int(answer["version"]),
        revision=answer["revision"],
        environment=answer["environment"],
        content_hash=answer["content_hash"],
        messages=tuple(
            {**m, "role": m["role"] + "", "content": m["content"] + ""} for m in answer["messages"]
        ),
        variables=tuple({**variable, "name": variable["name"]} for variable in answer["variables"]),
        model=model.get("id"),
        parameters=dict(model.get("parameters") or {}),
        output=dict(answer["output"]),
        tools=tuple(answer["tools"]),
        age=age,
        is_stale=is_stale,
    )


def fallback_prompt(path: str, fallback: str | Sequence[Message]) -> Prompt:
    """A text is the system message; each `{{name}}` in it is required."""
    said = [{"role": "system", "content": fallback}] if isinstance(fallback, str) else fallback
    return Prompt(
        path=path,
        version=None,
        revision=None,
        environment="",
        content_hash="",
        messages=tuple(dict(message) for message in said),
        variables=(),
        model=None,
        parameters={},
        output={"format": "text", "json_schema": None},
        tools=(),
        is_stale=True,
        is_fallback=True,
    )


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "yes_no"),
    ((int, float), "number"),
    ((list, tuple), "list"),
    (dict, "json"),
)


def _guessed(prompt: Prompt, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A fallback declares nothing, so each variable has the type of its value."""
    return [
        {
            "name": name,
            "type": next((k for t, k in _KINDS if isinstance(values.get(name), t)), "text"),
            "required": True,
            "default": None,
            "max_length": None,
            "choices": [],
        }
        for name in names(prompt.messages)
    ]

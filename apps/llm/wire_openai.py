"""Servers that speak the OpenAI protocol, through the official client."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import openai

from apps.llm.addresses import Resolve
from apps.llm.answers import checked
from apps.llm.questions import Answer, Line, Piece, Question
from apps.llm.transport import http_client
from apps.llm.unanswered import Unanswered

# Galley says these itself; a prompt's parameters cannot.
OWN = frozenset({"model", "messages", "stream", "stream_options", "n", "tools", "input"})
NO_KEY = "none"  # servers without keys; the client insists on one


class OpenAiWire:
    def __init__(self, line: Line, resolve: Resolve) -> None:
        self._client = openai.AsyncOpenAI(
            api_key=line.secret or NO_KEY,
            base_url=line.address,
            max_retries=0,
            timeout=line.timeout_s,
            http_client=http_client(line, resolve),
            organization="",
            project="",
        )

    async def ask(self, question: Question) -> Answer:
        began = time.monotonic()
        raw = await self._client.chat.completions.with_raw_response.create(**asked(question))
        body = parsed(raw.content)
        return checked(read(body, milliseconds(began)), question)

    async def stream(self, question: Question) -> AsyncIterator[Piece]:
        began, told = time.monotonic(), Told()
        request = asked(question)
        request["extra_body"]["stream_options"] = {"include_usage": True}
        stream = await self._client.chat.completions.create(**request, stream=True)
        try:
            _check_kind(stream.response.headers.get("content-type", ""))
            async for event in stream:
                if text := told.take(event):
                    yield Piece(text)
        finally:
            await stream.close()
        yield Piece(answer=checked(told.answer(milliseconds(began)), question))

    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        raw = await self._client.embeddings.with_raw_response.create(
            model=model, input=list(texts), encoding_format="float"
        )
        rows = parsed(raw.content).get("data")
        if not isinstance(rows, list) or len(rows) != len(texts):
            raise Unanswered("malformed", "not one list of numbers for each text")
        try:
            ordered = sorted(rows, key=lambda row: row["index"])
            return [[float(number) for number in row["embedding"]] for row in ordered]
        except (KeyError, TypeError, ValueError):
            raise Unanswered("malformed", "not one list of numbers for each text") from None

    async def names(self) -> list[str]:
        raw = await self._client.models.with_raw_response.list()
        rows = parsed(raw.content).get("data")
        if not isinstance(rows, list):
            raise Unanswered("malformed", "not a list of models")
        return [str(row.get("id", "")) for row in rows if isinstance(row, dict)]

    async def aclose(self) -> None:
        await self._client.close()


def _check_kind(content_type: str) -> None:
    if not content_type.startswith("text/event-stream"):
        raise Unanswered("malformed", f"no stream, but {content_type[:80]}")


def milliseconds(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def asked(question: Question) -> dict[str, Any]:
    extra = {name: value for name, value in question.parameters.items() if name not in OWN}
    if question.tools:
        extra["tools"] = [_tool(tool) for tool in question.tools]
    if question.json_schema is not None:
        named = {"name": "answer", "schema": question.json_schema}
        extra["response_format"] = {"type": "json_schema", "json_schema": named}
    messages = list(question.messages)
    return {"model": question.remote_name, "messages": messages, "extra_body": extra}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    return tool if "type" in tool else {"type": "function", "function": tool}


def parsed(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Unanswered("malformed", "The answer is not JSON.") from None
    if not isinstance(body, dict):
        raise Unanswered("malformed", "The answer is not a JSON object.")
    return body


def read(body: dict[str, Any], latency_ms: int) -> Answer:
    choices = body.get("choices")
    if not isinstance(choices, list):
        raise Unanswered("malformed", "The answer has no list of choices.")
    if not choices:
        raise Unanswered("empty", "no choices")
    try:
        message = choices[0]["message"]
        refusal = message.get("refusal")
        return Answer(
            text=str(message.get("content") or refusal or ""),
            tool_calls=tuple(_call(each) for each in message.get("tool_calls") or ()),
            latency_ms=latency_ms,
            finish="refusal" if refusal else str(choices[0].get("finish_reason") or "stop"),
            model_said=str(body.get("model") or ""),
            **tokens(body.get("usage")),
        )
    except (KeyError, TypeError, AttributeError):
        raise Unanswered("malformed", "The answer has no message.") from None


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {"id": call.get("id", ""), "name": function["name"],
            "arguments": function.get("arguments", "")}  # fmt: skip


def tokens(usage: object) -> dict[str, int | None]:
    said = usage if isinstance(usage, Mapping) else {}
    sent, came = said.get("prompt_tokens"), said.get("completion_tokens")
    return {"input_tokens": sent if isinstance(sent, int) else None,
            "output_tokens": came if isinstance(came, int) else None}  # fmt: skip


class Told:
    """What a stream has told so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.calls: dict[int, dict[str, Any]] = {}
        self.finish = self.model = ""
        self.refused = False
        self.usage: dict[str, int | None] = tokens(None)

    def take(self, event: Any) -> str:
        """The text that an event adds."""
        self.model = self.model or str(getattr(event, "model", "") or "")
        if usage := getattr(event, "usage", None):
            self.usage = tokens(usage.model_dump())
        choices = getattr(event, "choices", None)
        if not isinstance(choices, list):
            raise Unanswered("malformed", "An event of the stream has no list of choices.")
        return "".join(self._choice(choice) for choice in choices)

    def _choice(self, choice: Any) -> str:
        delta = choice.delta
        self.finish = choice.finish_reason or self.finish
        for call in delta.tool_calls or ():
            kept = self.calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
            kept["id"] = call.id or kept["id"]
            kept["name"] += call.function.name or ""
            kept["arguments"] += call.function.arguments or ""
        refusal = getattr(delta, "refusal", None)
        self.refused = self.refused or bool(refusal)
        text = delta.content or refusal or ""
        self.parts.append(text)
        return text

    def answer(self, latency_ms: int) -> Answer:
        if not self.finish and (self.parts or not self.model):
            raise Unanswered("cut_off", "The stream ended before the answer did.")
        return Answer(
            text="".join(self.parts),
            tool_calls=tuple(self.calls[at] for at in sorted(self.calls)),
            latency_ms=latency_ms,
            finish="refusal" if self.refused else self.finish,
            model_said=self.model,
            **self.usage,
        )

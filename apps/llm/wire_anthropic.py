"""Anthropic, through its official client."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anthropic

from apps.llm.addresses import Resolve
from apps.llm.answers import checked
from apps.llm.questions import Answer, Line, Piece, Question
from apps.llm.transport import http_client
from apps.llm.unanswered import Unanswered
from apps.llm.wire_openai import milliseconds, parsed

MOST_TOKENS = 4096  # the protocol insists on a number
TAKEN = frozenset({"temperature", "top_p", "top_k", "max_tokens", "stop_sequences", "thinking"})
ANSWER_TOOL = "answer"  # how an answer by a schema is asked for
_FINISH = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length",
           "tool_use": "tool_calls"}  # fmt: skip


class AnthropicWire:
    def __init__(self, line: Line, resolve: Resolve) -> None:
        self._client = anthropic.AsyncAnthropic(
            api_key=line.secret or "none",
            base_url=line.address,
            max_retries=0,
            timeout=line.timeout_s,
            http_client=http_client(line, resolve),
        )

    async def ask(self, question: Question) -> Answer:
        began = time.monotonic()
        raw = await self._client.messages.with_raw_response.create(**asked(question))
        return checked(read(parsed(await raw.read()), milliseconds(began)), question)

    async def stream(self, question: Question) -> AsyncIterator[Piece]:
        began = time.monotonic()
        async with self._client.messages.stream(**asked(question)) as stream:
            async for text in stream.text_stream:
                yield Piece(text)
            message = await stream.get_final_message()
        answer = read(message.model_dump(mode="json"), milliseconds(began))
        if question.json_schema is not None and answer.text:
            yield Piece(answer.text)
        yield Piece(answer=checked(answer, question))

    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        raise Unanswered("bad_request", "Anthropic has no embeddings. Use another connection.")

    async def names(self) -> list[str]:
        raw = await self._client.models.with_raw_response.list()
        rows = parsed(await raw.read()).get("data")
        if not isinstance(rows, list):
            raise Unanswered("malformed", "not a list of models")
        return [str(row.get("id", "")) for row in rows if isinstance(row, dict)]

    async def aclose(self) -> None:
        await self._client.close()


def asked(question: Question) -> dict[str, Any]:
    given = {name: value for name, value in question.parameters.items() if name in TAKEN}
    if "stop" in question.parameters:
        stop = question.parameters["stop"]
        given["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    limit = question.parameters.get("max_completion_tokens", MOST_TOKENS)
    request: dict[str, Any] = {"model": question.remote_name, "max_tokens": limit, **given}
    system = [m["content"] for m in question.messages if m["role"] in ("system", "developer")]
    if system:
        request["system"] = "\n\n".join(map(str, system))
    request["messages"] = [
        m for m in question.messages if m["role"] not in ("system", "developer")
    ] or [{"role": "user", "content": "Begin."}]
    if question.tools:
        request["tools"] = [_tool(tool) for tool in question.tools]
    if question.json_schema is not None:
        answer = {"name": ANSWER_TOOL, "description": "Give the answer.",
                  "input_schema": question.json_schema}  # fmt: skip
        request["tools"] = [*request.get("tools", []), answer]
        request["tool_choice"] = {"type": "tool", "name": ANSWER_TOOL}
    # As they are, without a look by the client: what a model does not take, it says itself.
    return {"model": request.pop("model"), "messages": request.pop("messages"),
            "max_tokens": request.pop("max_tokens"), "extra_body": request}  # fmt: skip


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function", tool)
    if "input_schema" in function:
        return function
    return {"name": function["name"], "description": function.get("description", ""),
            "input_schema": function.get("parameters") or {"type": "object"}}  # fmt: skip


def read(body: dict[str, Any], latency_ms: int) -> Answer:
    parts, usage = body.get("content"), body.get("usage") or {}
    if not isinstance(parts, list):
        raise Unanswered("malformed", "The answer has no list of contents.")
    try:
        texts = [part["text"] for part in parts if part["type"] == "text"]
        used = [part for part in parts if part["type"] == "tool_use"]
        texts += [json.dumps(part["input"]) for part in used if part["name"] == ANSWER_TOOL]
        calls = tuple(_call(part) for part in used if part["name"] != ANSWER_TOOL)
        stopped = str(body.get("stop_reason") or "end_turn")
        answer = Answer(
            "".join(texts), calls, usage.get("input_tokens"), usage.get("output_tokens"),
            latency_ms, _FINISH.get(stopped, stopped), str(body.get("model") or ""),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError):
        raise Unanswered("malformed", "A content of the answer has no type or text.") from None
    if answer.finish == "refusal" and not answer.text:
        raise Unanswered("filtered", "finish: refusal")
    return answer


def _call(part: dict[str, Any]) -> dict[str, Any]:
    return {"id": part.get("id", ""), "name": part["name"],
            "arguments": json.dumps(part.get("input"))}  # fmt: skip

"""The demo model as a connection: no network, no key, no price."""

from __future__ import annotations

import asyncio
import hashlib
import math
import re
import time
from collections.abc import AsyncIterator, Sequence

from apps.llm import demo_model
from apps.llm.demo_words import stems
from apps.llm.questions import DEMO_MODELS, DEMO_SMALL, Answer, Piece, Question

BETWEEN_WORDS = 0.005  # seconds: a stream is seen to stream
DIMENSIONS = 64


class DemoWire:
    async def ask(self, question: Question) -> Answer:
        began = time.monotonic()
        messages = question.messages
        if question.remote_name == DEMO_SMALL:
            messages = demo_model.skimmed(messages)
        text = demo_model.answer(messages, question.json_schema)
        text, finish = _cut(text, question.parameters.get("max_tokens"))
        return Answer(
            text,
            input_tokens=sum(_tokens(str(m.get("content", ""))) for m in question.messages),
            output_tokens=_tokens(text),
            latency_ms=round((time.monotonic() - began) * 1000),
            finish=finish,
            model_said=question.remote_name,
        )

    async def stream(self, question: Question) -> AsyncIterator[Piece]:
        answer = await self.ask(question)
        for part in re.findall(r"\s*\S+", answer.text):
            yield Piece(part)
            await asyncio.sleep(BETWEEN_WORDS)
        yield Piece(answer=answer)

    async def embed(self, model: str, texts: Sequence[str]) -> list[list[float]]:
        return [vector(text) for text in texts]

    async def names(self) -> list[str]:
        return list(DEMO_MODELS)

    async def aclose(self) -> None:
        pass


def vector(text: str) -> list[float]:
    """A direction of length 1: texts that share words point the same way."""
    found = [0.0] * DIMENSIONS
    for word, count in stems(text).items():
        found[hashlib.sha256(word.encode()).digest()[0] % DIMENSIONS] += count
    length = math.hypot(*found)
    return [number / length for number in found] if length else found


def _tokens(text: str) -> int:
    """About: four letters a token. The demo model costs nothing, so nothing hangs on it."""
    return max(1, math.ceil(len(text) / 4))


def _cut(text: str, most: object) -> tuple[str, str]:
    if isinstance(most, int) and 0 < most < _tokens(text):
        return text[: most * 4].rstrip() or text[:4], "length"
    return text, "stop"

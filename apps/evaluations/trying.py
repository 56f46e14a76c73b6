"""Asking for the answers of a trial: claimed, asked all at once, each stored at its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from apps.evaluations import actions
from apps.evaluations.asked import CannotAsk, compiled_for, question_for, sent_tokens
from apps.evaluations.models import Trial, TrialAnswer
from apps.evaluations.states import TrialState
from apps.llm.asking import Answer, Asker, Line, Question, Unanswered
from apps.llm.queries import line_for
from apps.llm.tokens import count_tokens
from apps.prompts import content

Say = Callable[[int, str], Awaitable[None]]


@dataclass
class Asking:
    """One column while it is asked: what came until now, and how it ended."""

    row: TrialAnswer
    line: Line | None = None
    question: Question | None = None
    pieces: list[str] = field(default_factory=list)
    answer: Answer | None = None
    failure: Unanswered | None = None
    began: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def begin(trial: Trial, actor: Any) -> list[Asking]:
    """The answers that are now the caller's to ask for."""
    return [_ready(trial, row) for row in actions.claim_answers(trial, actor=actor)]


def _ready(trial: Trial, row: TrialAnswer) -> Asking:
    asking, document = Asking(row), content.parse(bytes(row.content))
    try:
        asking.line, remote = line_for(row.model)
        compiled = compiled_for(document, row.model)
        asking.question = question_for(document, compiled, trial.values, row.model, remote)
    except Unanswered as failure:
        asking.failure = failure
    except CannotAsk as error:
        asking.failure = Unanswered("bad_request", sentence=str(error))
    return asking


async def ask(asking: Asking, say: Say) -> None:
    """Until the answer is whole or there is none; each piece is said as it comes."""
    if asking.line is None or asking.question is None:
        return
    try:
        async with Asker(asking.line) as asker, aclosing(asker.stream(asking.question)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if piece.answer is not None:
                    asking.answer = piece.answer
                if piece.text:
                    asking.pieces.append(piece.text)
                    await say(asking.row.position, piece.text)
    except Unanswered as failure:
        asking.failure = failure


def finish(asking: Asking) -> TrialAnswer:
    """Store how it ended; without an answer or a failure, somebody stopped it."""
    passed = round((time.monotonic() - asking.began) * 1000)
    if asking.failure is not None:
        return actions.store_answer(
            asking.row, state=TrialState.COULD_NOT_RUN, text=asking.text, latency_ms=passed,
            error=asking.failure.sentence, detail=asking.failure.detail,
        )  # fmt: skip
    answer = asking.answer
    sent, came = _tokens(asking)
    return actions.store_answer(
        asking.row,
        state=TrialState.STOPPED if answer is None else TrialState.DONE,
        text=asking.text if answer is None else answer.text or asking.text,
        input_tokens=sent,
        output_tokens=came,
        latency_ms=passed,
    )


def _tokens(asking: Asking) -> tuple[int, int]:
    """As the provider counted, else about."""
    answer, question = asking.answer, asking.question
    sent = None if answer is None else answer.input_tokens
    came = None if answer is None else answer.output_tokens
    if sent is None:
        sent = sent_tokens(question) if question else 0
    return sent, count_tokens(asking.text) if came is None else came


async def _silent(_position: int, _text: str) -> None:
    """Nobody watches."""


def ask_all(trial: Trial, actor: Any) -> None:
    """For a worker: everything that waits, all at once, stored when the last one has ended."""
    waiting = begin(trial, actor)

    async def together() -> None:
        await asyncio.gather(*(ask(one, _silent) for one in waiting), return_exceptions=True)

    try:
        asyncio.run(together())
    finally:
        for one in waiting:
            finish(one)

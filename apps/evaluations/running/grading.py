"""Answers that stand in no run, judged by the checks of a suite: a sample, a trial of a check.

What models are asked is paid: set aside before, settled after, and never inside a transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import require
from apps.evaluations.asked import LETTERS_A_TOKEN
from apps.evaluations.checks import Answered, CaseValues, JudgeQuestion, could_not_run
from apps.evaluations.queries.estimates import (
    JUDGE_ANSWER,
    JUDGED_TOKENS,
    Judging,
    Known,
    Prices,
    judgings,
)
from apps.evaluations.running.judging import Judged, Reply, judge, vector_text
from apps.evaluations.running.paid import Payer, in_own_loop, lines_to, until_late
from apps.llm.actions import settle
from apps.llm.asking import Asker, Line, Question
from apps.llm.permissions import can_ask_model

SECONDS = 60.0
LATE = "The judge did not answer in time. Try fewer answers, or another model."
Check = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """An answer, what it answers, and the answer to compare it with (for “which is better”)."""

    answer: Answered
    case: CaseValues = field(default_factory=CaseValues)
    other: Answered | None = None


@dataclass(frozen=True)
class Grading:
    """What judging costs at most: `calls` to `models`; `cost` None: a price is not known.

    `judge` and `embedding` answer for checks that name no model of their own.
    """

    checks: Sequence[Check]
    samples: Sequence[Sample]
    payer: Payer
    judge: str
    embedding: str
    prices: Prices
    models: tuple[str, ...]
    calls: int
    cost: Decimal | None


def grading_of(
    checks: Sequence[Check],
    samples: Sequence[Sample],
    *,
    payer: Payer,
    judge: str = "",
    embedding: str = "",
) -> Grading:
    """`checks` as a suite's document has them. Asks nothing yet."""
    judges = judgings(checks, judge, embedding)
    prices = Prices([one.model for one in judges])
    cost = Known()
    for one in judges:
        for sample in samples:
            cost.add(_price(prices, one, sample))
    models = tuple(one.model for one in judges)
    return Grading(
        checks, samples, payer, judge, embedding, prices, models,
        len(judges) * len(samples), cost.sum,
    )  # fmt: skip


def grade(grading: Grading, *, seconds: float = SECONDS) -> list[Judged]:
    """OverBudget or NotPossible before anything is asked; afterwards each answer, in order, has a
    verdict of each check. What is not judged in time could not run."""
    for name in dict.fromkeys(grading.models):
        require(can_ask_model(name, grading.payer.namespace))
    lines = lines_to(grading.models)
    words = _("The price of the judge is not known, so the budget cannot be kept.")
    pot = grading.payer.set_aside(grading.cost, unknown=words) if grading.calls else None
    spent = grading.cost or Decimal(0)  # where this breaks, it is not known how far it came
    try:
        judged = in_own_loop(lambda: _judge_all(grading, lines, seconds))
        spent = sum((one.cost for one in judged), Decimal(0))
    finally:
        if pot is not None:
            settle(pot, actual=spent)
    return judged


def _price(prices: Prices, one: Judging, sample: Sample) -> Decimal | None:
    letters = len(sample.answer.text) + (len(sample.other.text) if sample.other else 0)
    letters += sum(len(str(value)) for value in sample.case.values.values())
    sent = letters // LETTERS_A_TOKEN + JUDGED_TOKENS
    return prices.cost(one.model, sent, 0 if one.embeds else JUDGE_ANSWER)


async def _judge_all(
    grading: Grading, lines: Mapping[str, tuple[Line, str]], seconds: float
) -> list[Judged]:
    async with AsyncExitStack() as stack:
        askers = {
            name: (await stack.enter_async_context(Asker(line)), remote)
            for name, (line, remote) in lines.items()
        }
        asking = _Asking(grading, askers)
        tasks = {
            (place, check["key"]): asyncio.create_task(
                judge([check], sample.answer, sample.case, sample.other, asking.reply)
            )
            for place, sample in enumerate(grading.samples)
            for check in grading.checks
        }
        await until_late(tasks.values(), seconds)
        found = [Judged() for _sample in grading.samples]
        for (place, key), task in tasks.items():
            one = _kept(task, key, grading)
            found[place].verdicts.update(one.verdicts)
            found[place].cost += one.cost
        return found


def _kept(task: asyncio.Task[Judged], key: str, grading: Grading) -> Judged:
    """A question that was not answered in time is paid as if it had been."""
    if not task.cancelled():
        return task.result()
    whole = grading.cost or Decimal(0)
    return Judged({key: could_not_run(LATE)}, whole / max(1, grading.calls))


@dataclass
class _Asking:
    grading: Grading
    askers: Mapping[str, tuple[Asker, str]]

    async def reply(self, asked: JudgeQuestion) -> Reply:
        prices = self.grading.prices
        name = asked.model or (self.grading.embedding if asked.embed else self.grading.judge)
        asker, remote = self.askers[name]
        if asked.embed:
            vectors = await asker.embed(remote, [asked.embed])
            sent = len(asked.embed) // LETTERS_A_TOKEN
            return Reply(vector_text(vectors[0]), prices.cost(name, sent, 0))
        question = Question(
            name, remote, asked.messages, dict(asked.parameters), (), asked.json_schema
        )
        answer = await asker.ask(question)
        letters = sum(len(str(one.get("content", ""))) for one in question.messages)
        sent = letters // LETTERS_A_TOKEN if answer.input_tokens is None else answer.input_tokens
        said = answer.output_tokens
        said = len(answer.text) // LETTERS_A_TOKEN if said is None else said
        return Reply(answer.text, prices.cost(name, sent, said))

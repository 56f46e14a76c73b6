"""One row in the loop: the model asked, the checks judged, an outcome made of both."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal

from apps.evaluations.checks import Answered, JudgeQuestion, weigh
from apps.evaluations.models import Result
from apps.evaluations.running.bridge import Bridge
from apps.evaluations.running.job import Job, Task, case_values, judging_for
from apps.evaluations.running.judging import Judged, Reply, judge, vector_text
from apps.evaluations.running.outcome import Outcome, not_run
from apps.evaluations.states import ResultState
from apps.llm.asking import Answer, Asker, Question, Unanswered

RESTS = 3  # how often a row waits for a connection that rests
LONGEST_REST = 10.0
OTHER_EVERY, OTHER_TIMES = 0.3, 200  # waits for the answer of what is live: a minute


class Asking:
    """The askers of a slice, opened at first use."""

    def __init__(self, job: Job, bridge: Bridge, stack: AsyncExitStack) -> None:
        self.job, self.bridge, self.stack = job, bridge, stack
        self._askers: dict[str, Asker] = {}
        self._opening = asyncio.Lock()

    async def outcome(self, task: Task) -> Outcome:
        """Never raises: a provider's error is “could not run”, and so is one of our own."""
        try:
            return await self._asked(task)
        except Unanswered as error:
            return not_run(task.row.pk, error.code, error.sentence)
        except Exception as error:
            return not_run(
                task.row.pk, "error", f"Galley had an error here: {type(error).__name__}."
            )

    async def _asked(self, task: Task) -> Outcome:
        answer = _known(task.known) if task.known else await self._ask(task.question)
        cost = Decimal(0) if task.known else self._cost(task.row.model, answer, task.question)
        shown = Answered(
            answer.text, answer.latency_ms, cost if not task.known else task.known.cost,
            answer.input_tokens, answer.output_tokens,
        )  # fmt: skip
        other = await self._other(task)
        judged = await judge(
            self.job.checks, shown, case_values(task.case), other, self._judge_reply
        )
        return self._outcome(task, answer, cost, judged, other)

    def _outcome(
        self, task: Task, answer: Answer, cost: Decimal | None, judged: Judged,
        other: Answered | None,
    ) -> Outcome:  # fmt: skip
        threshold = self.job.document["threshold"]
        case = weigh(self.job.checks, judged.verdicts, threshold)
        passed = None if case.state == "could_not_run" else case.state == "pass"
        paid = None if cost is None and not judged.cost else (cost or Decimal(0)) + judged.cost
        known = task.known
        return Outcome(
            task.row.pk, answer=answer.text, tool_calls=answer.tool_calls,
            input_tokens=answer.input_tokens, output_tokens=answer.output_tokens,
            latency_ms=answer.latency_ms, cost=paid,
            verdicts={key: verdict.as_json() for key, verdict in judged.verdicts.items()},
            passed=passed, score=case.score, fingerprint=task.fingerprint,
            reused_from=(known.reused_from_id or known.pk) if known else None,
            judging=judging_for(self.job, task, other.text if other else ""),
            error=case.reason if passed is not True else "",
        )  # fmt: skip

    async def _ask(self, question: Question) -> Answer:
        """Waits a few times while the connection rests: that is no matter of this case."""
        for left in reversed(range(RESTS + 1)):
            try:
                asker = await self._asker(question.model)
                return await asker.ask(question)
            except Unanswered as error:
                if error.code != "resting" or not left:
                    raise
                await asyncio.sleep(min(error.retry_after or 1.0, LONGEST_REST))
        raise AssertionError("the last try returns or raises")

    async def _judge_reply(self, asked: JudgeQuestion) -> Reply:
        run = self.job.run
        if asked.embed:
            model = asked.model or run.embedding
            _line, remote = self.job.line(model)
            asker = await self._asker(model)
            vectors = await asker.embed(remote, [asked.embed])
            cost = self.job.prices.cost(model, len(asked.embed) // 3, 0)
            return Reply(vector_text(vectors[0]), cost)
        model = asked.model or run.judge
        _line, remote = self.job.line(model)
        question = Question(
            model, remote, asked.messages, dict(asked.parameters), (), asked.json_schema
        )
        answer = await self._ask(question)
        return Reply(answer.text, self._cost(model, answer, question))

    async def _asker(self, model: str) -> Asker:
        async with self._opening:
            if model not in self._askers:
                line, _remote = self.job.line(model)
                self._askers[model] = await self.stack.enter_async_context(Asker(line))
            return self._askers[model]

    async def _other(self, task: Task) -> Answered | None:
        """The answer of what is live to the same case, once it is there."""
        run = self.job.run
        if not self.job.compares or task.row.run_id != run.pk:
            return None
        for _time in range(OTHER_TIMES):
            found = await self.bridge.rows(lambda: _row_of(run.paired_id or 0, task.row))
            if found is None or found.state not in (ResultState.WAITING, ResultState.LEASED):
                break
            await asyncio.sleep(OTHER_EVERY)
        if found is None or found.state != ResultState.DONE:
            raise Unanswered("empty", sentence="What is live has no answer to compare with.")
        return Answered(found.answer, found.latency_ms, found.cost)

    def _cost(self, model: str, answer: Answer, question: Question) -> Decimal | None:
        """By the tokens that the provider counted, else by the length of both texts."""
        sent = answer.input_tokens
        if sent is None:
            sent = sum(len(str(one.get("content", ""))) for one in question.messages) // 3
        said = answer.output_tokens
        return self.job.prices.cost(model, sent, len(answer.text) // 3 if said is None else said)


def _known(row: Result) -> Answer:
    return Answer(
        row.answer, tuple(row.tool_calls), row.input_tokens, row.output_tokens, row.latency_ms or 0
    )


def _row_of(run_id: int, row: Result) -> Result | None:
    rows = Result.objects.filter(run=run_id, case_key=row.case_key, model=row.model)
    return rows.filter(repeat=row.repeat).first()

"""Shadows at work: calls taken, the candidate asked, both answers graded, the pair kept.

One process at a time works on a shadow. What models are asked is paid: set aside before, settled
after, and never inside a transaction. If a process dies, the next asks again for what it had begun.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from apps.core.clock import database_now
from apps.core.errors import NotPossible, Refused, require
from apps.delivery.intake.kept import LONGEST, NOTHING, Keeping, kept_text
from apps.delivery.queries import keeping_rules
from apps.evaluations.asked import (
    LETTERS_A_TOKEN,
    CannotAsk,
    answered_tokens,
    compiled_for,
    question_for,
    sent_tokens,
)
from apps.evaluations.checks import Answered, CaseValues, weigh
from apps.evaluations.queries.estimates import Known, Prices
from apps.evaluations.running.grading import Sample, grade, grading_of
from apps.evaluations.running.paid import Payer, in_own_loop, lines_to, until_late
from apps.experiments.actions.shadow_answers import (
    Answer,
    give_back,
    keep_answers,
    take_for_shadow,
)
from apps.experiments.actions.shadows import end_shadow, hold_shadow
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.permissions import is_over
from apps.experiments.queries.shadows import finished, standing_shadows
from apps.experiments.states import PairState, ShadowState
from apps.llm.actions import settle
from apps.llm.asking import Answer as Said
from apps.llm.asking import Asker, Line, Question, Unanswered
from apps.llm.models import Reservation
from apps.llm.permissions import can_ask_model
from apps.llm.questions import DEMO_MODEL
from apps.prompts.queries.documents import version_document

log = logging.getLogger("galley.experiments")
SECONDS = 60.0
PURPOSE = "shadow"
NOT_RUN = Answer(PairState.COULD_NOT_RUN)
MOVED = ("shadow_moved", "goes_on", "illegal_transition")


def work_all() -> int:
    """Look at every shadow once; how many answers there are more."""
    done = 0
    for shadow in standing_shadows():
        try:
            with _alone(shadow) as mine:
                done += work(shadow) if mine else 0
        except Exception:  # one that fails does not hold back the others
            log.exception("the shadow %s could not be worked on", shadow.pk)
    return done


def work(shadow: Shadow) -> int:
    """A few answers, and the end where it is reached."""
    done = 0
    try:
        if shadow.state == ShadowState.RUNNING and not _over(shadow):
            done = _answer_some(shadow)
        if _over(shadow):
            end_shadow(shadow)
    except Refused as refusal:
        if refusal.code not in MOVED:
            hold_shadow(shadow, words=_why(refusal))
    return done


def _why(refusal: Refused) -> str:
    if isinstance(refusal, NotPossible):
        return str(refusal)
    return _("Whoever started it may not let it go on any more. Somebody who may can do so.")


@contextmanager
def _alone(shadow: Shadow) -> Iterator[bool]:
    key = f"galley-shadow-{shadow.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [key])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [key])


def _over(shadow: Shadow) -> bool:
    return bool(is_over(shadow, finished(shadow), database_now()))


@dataclass
class _Turn:
    """One call and what becomes of it."""

    row: ShadowAnswer
    question: Question | None = None
    answer: Answer = NOT_RUN


def _answer_some(shadow: Shadow) -> int:
    rows = take_for_shadow(shadow)
    if not rows:
        return 0
    try:
        require(can_ask_model(shadow.model, shadow.prompt.namespace))
        turns = _asked(shadow, rows)
    except Refused:
        give_back(rows)
        raise
    try:
        _graded(shadow, turns)
    finally:  # what was paid for is kept, graded or not
        keep_answers(shadow, answers={turn.row.pk: turn.answer for turn in turns})
    return len(turns)


def _asked(shadow: Shadow, rows: Sequence[ShadowAnswer]) -> list[_Turn]:
    line, remote = lines_to([shadow.model])[shadow.model]
    turns = [_turn(shadow, row, remote) for row in rows]
    open_ = [turn for turn in turns if turn.question is not None]
    prices = Prices([shadow.model])
    questions = [turn.question for turn in open_ if turn.question]
    pot = _pot(_payer(shadow), questions, prices)
    spent = pot.amount if pot else Decimal(0)  # where this breaks, nobody knows how far it came
    try:
        said = in_own_loop(lambda: _ask_all(line, questions))
        rule = keeping_rules([shadow.prompt_id]).get(shadow.prompt_id, NOTHING)
        for turn, one in zip(open_, said, strict=True):
            turn.answer = _answer(turn, one, prices, rule)
        spent = sum((turn.answer.cost or Decimal(0) for turn in open_), Decimal(0))
    finally:
        if pot is not None:
            settle(pot, actual=spent)
    return turns


def _turn(shadow: Shadow, row: ShadowAnswer, remote: str) -> _Turn:
    if row.erased_at is not None:
        return _Turn(row, None, replace(NOT_RUN, error=_("Its values are not kept any more.")))
    document = version_document(shadow.version)
    try:
        question = question_for(
            document, compiled_for(document, shadow.model), row.values or {}, shadow.model, remote
        )
    except CannotAsk as error:
        return _Turn(row, None, Answer(PairState.COULD_NOT_RUN, error=str(error)))
    return _Turn(row, question)


def _pot(payer: Payer, questions: Sequence[Question], prices: Prices) -> Reservation | None:
    """OverBudget before anything is asked."""
    if not questions:
        return None
    cost = Known()
    for one in questions:
        cost.add(prices.cost(one.model, sent_tokens(one), answered_tokens(one)))
    words = _("The price of the model is not known, so the budget cannot be kept.")
    return payer.set_aside(cost.sum, unknown=words)


async def _ask_all(line: Line, questions: Sequence[Question]) -> list[Said | Unanswered]:
    """In order. What is not answered in time could not run."""
    async with Asker(line) as asker:
        tasks = [asyncio.create_task(_ask(asker, question)) for question in questions]
        await until_late(tasks, SECONDS)
        return [Unanswered("timeout") if task.cancelled() else task.result() for task in tasks]


async def _ask(asker: Asker, question: Question) -> Said | Unanswered:
    try:
        return await asker.ask(question)
    except Unanswered as error:
        return error


def _answer(turn: _Turn, said: Said | Unanswered, prices: Prices, rule: Keeping) -> Answer:
    """What a candidate says is kept by the rule that the call was kept by."""
    assert turn.question is not None
    if isinstance(said, Unanswered):
        return Answer(PairState.COULD_NOT_RUN, error=said.sentence)
    sent, told = said.input_tokens, said.output_tokens
    sent = sent_tokens(turn.question) if sent is None else sent
    told = len(said.text) // LETTERS_A_TOKEN if told is None else told
    return Answer(
        PairState.DONE, text=kept_text(said.text, rule)[:LONGEST], latency_ms=said.latency_ms,
        input_tokens=sent, output_tokens=told,
        cost=prices.cost(turn.question.model, sent, told),
    )  # fmt: skip


def _graded(shadow: Shadow, turns: Sequence[_Turn]) -> None:
    """Both answers by the same checks. Where the judges cannot be paid or asked, that pair is not
    judged, and the refusal goes on."""
    done = [turn for turn in turns if turn.answer.state == PairState.DONE]
    if not done:
        return
    samples = [sample for turn in done for sample in _samples(turn)]
    work = grading_of(
        shadow.checks, samples, payer=_payer(shadow), judge=shadow.judged_by, embedding=DEMO_MODEL
    )
    try:
        judged = grade(work)
    except Refused as refusal:
        for turn in done:
            turn.answer = replace(turn.answer, error=str(refusal))
        raise
    for place, turn in enumerate(done):
        own, live = judged[2 * place], judged[2 * place + 1]
        case = weigh(shadow.checks, own.verdicts, shadow.threshold)
        other = weigh(shadow.checks, live.verdicts, shadow.threshold)
        turn.answer = replace(
            turn.answer, passed=_passed(case.state), live_passed=_passed(other.state),
            verdicts={key: one.as_json() for key, one in own.verdicts.items()},
            live_verdicts={key: one.as_json() for key, one in live.verdicts.items()},
            judging_cost=own.cost + live.cost, error="" if case.state == "pass" else case.reason,
        )  # fmt: skip


def _payer(shadow: Shadow) -> Payer:
    return Payer(shadow.prompt.namespace, shadow.team, PURPOSE, f"shadow:{shadow.pk}")


def _samples(turn: _Turn) -> list[Sample]:
    row, own = turn.row, turn.answer
    case = CaseValues(row.values or {})
    answered = Answered(own.text, own.latency_ms, own.cost, own.input_tokens, own.output_tokens)
    return [
        Sample(answered, case),
        Sample(Answered(row.live_answer, row.live_ms, row.live_cost), case),
    ]


def _passed(state: str) -> bool | None:
    return None if state == "could_not_run" else state == "pass"

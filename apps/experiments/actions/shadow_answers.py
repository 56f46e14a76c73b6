"""The calls that a shadow takes, the answers to them, and forgetting what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.core.errors import require
from apps.core.live import touch
from apps.delivery.queries import keeping_rule_for
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.permissions import can_start_shadow, is_shadow_in, keeps_values
from apps.experiments.queries.shadows import new_calls, room_of, waiting
from apps.experiments.states import PairState, ShadowState

AT_ONCE = 8  # answers of one look
ATTEMPTS = 3


@dataclass(frozen=True)
class Answer:
    """What came of one call."""

    state: str
    text: str = ""
    latency_ms: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None
    judging_cost: Decimal = Decimal(0)
    passed: bool | None = None
    verdicts: dict[str, Any] = field(default_factory=dict)
    live_passed: bool | None = None
    live_verdicts: dict[str, Any] = field(default_factory=dict)
    error: str = ""


@working
def take_for_shadow(shadow: Shadow, *, actor: Any = SYSTEM) -> list[ShadowAnswer]:
    """Calls to answer now: those left from before first, then new ones. Each is taken once; one
    that was begun three times and never ended could not run.

    Refused where whoever started it may not any more, and where nothing is kept any more.
    """
    locked = Shadow.objects.select_for_update(of=("self",)).get(pk=shadow.pk)
    require(is_shadow_in(locked, ShadowState.RUNNING))
    require(can_start_shadow(shadow.made_by, shadow.suite, shadow.prompt))
    require(keeps_values(keeping_rule_for(shadow.prompt.namespace)))
    rows = ShadowAnswer.objects.filter(shadow=shadow, state=PairState.WAITING)
    rows.filter(attempts__gte=ATTEMPTS).update(
        state=PairState.COULD_NOT_RUN, error=_("It was begun three times and never ended.")
    )
    left = waiting(shadow)
    most = min(AT_ONCE - len(left), room_of(shadow, database_now()))
    ShadowAnswer.objects.bulk_create(
        ShadowAnswer(
            shadow=shadow, call_ident=call.ident, called_at=call.started_at,
            live_id=call.version_id, values=call.variables, live_answer=call.output or "",
            live_ms=call.latency_ms, live_cost=call.cost,
        )
        for call in (new_calls(shadow, most) if most > 0 else ())
    )  # fmt: skip
    found = waiting(shadow)[:AT_ONCE]
    ShadowAnswer.objects.filter(pk__in=[one.pk for one in found]).update(attempts=F("attempts") + 1)
    return found


@working
def give_back(rows: Iterable[ShadowAnswer]) -> None:
    """They were not asked after all: that was no attempt."""
    found = ShadowAnswer.objects.filter(pk__in=[one.pk for one in rows])
    found.filter(state=PairState.WAITING, attempts__gt=0).update(attempts=F("attempts") - 1)


@working
def keep_answers(shadow: Shadow, *, answers: dict[int, Answer]) -> None:
    """By the id of the row. What was erased meanwhile stays empty."""
    rows = ShadowAnswer.objects.select_for_update().filter(pk__in=answers, state=PairState.WAITING)
    for row in rows.order_by("pk"):
        _fill(row, answers[row.pk])
        row.save()
    touch("prompt", shadow.prompt_id)


def _fill(row: ShadowAnswer, given: Answer) -> None:
    gone = row.erased_at is not None
    row.state, row.error = given.state, "" if gone else given.error
    row.answer = "" if gone else given.text
    row.latency_ms, row.cost = given.latency_ms, given.cost
    row.input_tokens, row.output_tokens = given.input_tokens, given.output_tokens
    row.judging_cost = given.judging_cost
    row.passed, row.live_passed = given.passed, given.live_passed
    row.verdicts = _silent(given.verdicts) if gone else given.verdicts
    row.live_verdicts = _silent(given.live_verdicts) if gone else given.live_verdicts


@working
def erase_pairs(prompts: Collection[int], before: datetime) -> int:
    """Forget what pairs say whose calls are older; the figures stay."""
    rows = ShadowAnswer.objects.select_for_update(of=("self",)).filter(
        shadow__prompt__in=prompts, called_at__lt=before, erased_at=None
    )
    found = list(rows.order_by("pk"))
    for row in found:
        row.values, row.live_answer, row.answer, row.error = None, "", "", ""
        row.verdicts, row.live_verdicts = _silent(row.verdicts), _silent(row.live_verdicts)
        row.erased_at = database_now()
        row.save()
    return len(found)


def _silent(verdicts: dict[str, Any]) -> dict[str, Any]:
    """Pass or fail, without the words that may quote the answer."""
    return {key: {**one, "reason": "", "data": {}} for key, one in verdicts.items()}

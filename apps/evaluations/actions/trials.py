"""Trials of the playground: begun, claimed by one asker, ended answer by answer. All working."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.evaluations.asked import (
    CannotAsk,
    answered_tokens,
    compiled_for,
    question_for,
    sent_tokens,
)
from apps.evaluations.models import Trial, TrialAnswer
from apps.evaluations.permissions import can_ask_trial, can_try_draft, can_try_prompt
from apps.evaluations.states import TRIAL, TrialState
from apps.evaluations.trial_columns import MOST_COLUMNS, TrialColumn
from apps.evaluations.trial_tasks import ask_later
from apps.llm.actions import reserve, settle
from apps.llm.permissions import can_ask_model
from apps.llm.queries import price_of
from apps.llm.questions import Question
from apps.prompts import content
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.queries import draft_at, draft_document, version_document, version_of

LOST_AFTER = timedelta(minutes=20)


@working
def start_trial(
    prompt: Prompt,
    *,
    columns: Sequence[TrialColumn],
    values: Mapping[str, Any],
    later: bool = False,
    actor: Any,
) -> Trial:
    """A trial whose answers wait to be asked for; `later`: a worker does it. Invalid for values
    that a column cannot be asked with, OverBudget where the owner team's month has not enough."""
    require(can_try_prompt(actor, prompt))
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise Invalid(_("Try 1 to %(most)s columns at once.") % {"most": MOST_COLUMNS})
    sides = [_side(prompt, column, actor) for column in columns]
    names = {variable["name"] for side in sides for variable in side.document["variables"]}
    given = {name: values[name] for name in values if name in names and values[name] != ""}
    questions = [_question(side, given) for side in sides]
    trial = Trial.objects.create(prompt=prompt, person=actor, values=given, team=prompt.owner)
    for position, (side, question) in enumerate(zip(sides, questions, strict=True)):
        _add_answer(trial, position, side, question)
    if later:
        transaction.on_commit(partial(ask_later, trial.pk))
    return trial


@working
def claim_answers(trial: Trial, *, actor: Any) -> list[TrialAnswer]:
    """The answers that nobody asked for yet; they are the caller's to ask for, and to store."""
    locked = Trial.objects.select_for_update(of=("self",)).select_related("prompt__namespace")
    require(can_ask_trial(actor, locked.get(pk=trial.pk)))
    waiting = list(TrialAnswer.objects.filter(trial=trial, state=TrialState.WAITING))
    for answer in waiting:
        move(answer, "state", TrialState.ASKED, TRIAL)
    TrialAnswer.objects.filter(pk__in=[answer.pk for answer in waiting]).update(asked_at=Now())
    return waiting


@working
def store_answer(
    answer: TrialAnswer,
    *,
    state: str,
    text: str = "",
    input_tokens: int = 0,
    output_tokens: int = 0,
    latency_ms: int = 0,
    error: str = "",
    detail: str = "",
) -> TrialAnswer:
    """How the question ended, once; what was really spent takes the place of what was set aside."""
    row = TrialAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if row.state != TrialState.ASKED:
        return row
    row.answer = text.replace("\x00", "�").encode("utf-8", "replace").decode()
    row.error, row.detail, row.latency_ms = error, detail.replace("\x00", ""), latency_ms
    if state != TrialState.COULD_NOT_RUN:
        row.input_tokens, row.output_tokens = input_tokens, output_tokens
        row.cost = price_of(row.model, input_tokens, output_tokens)
    row.done_at = Now()
    row.save()
    move(row, "state", state, TRIAL)
    _settle(row)
    return row


@working
def stop_lost_answers() -> int:
    """Answers whose asker is gone: their page was closed at once, or a process died."""
    late = Now() - LOST_AFTER
    lost = Q(state=TrialState.WAITING, trial__created_at__lt=late)
    lost |= Q(state=TrialState.ASKED, asked_at__lt=late)
    rows = TrialAnswer.objects.select_for_update(skip_locked=True, of=("self",)).filter(lost)
    stopped = list(rows[:500])
    for row in stopped:
        was_asked = row.state == TrialState.ASKED
        row.error = _("Nobody waited for this answer. Run it again.")
        row.done_at = Now()
        row.save()
        move(row, "state", TrialState.STOPPED, TRIAL)
        if row.reservation is not None:  # whether an answer was on its way is not known
            settle(row.reservation, actual=row.reservation.amount if was_asked else Decimal(0))
    return len(stopped)


@dataclass(frozen=True)
class _Side:
    """A column with what it asks."""

    model: str
    document: content.Document
    version: Version | None = None
    draft: Draft | None = None  # one with a name

    @property
    def label(self) -> str:
        return str(self.version or self.draft or _("draft"))


def _side(prompt: Prompt, column: TrialColumn, actor: Any) -> _Side:
    require(can_ask_model(column.model, prompt.namespace))
    if column.number is not None:
        version = version_of(prompt, column.number)
        return _Side(column.model, version_document(version), version)
    wanted = None if column.draft is None else str(column.draft)
    draft = draft_at(prompt, wanted)
    require(can_try_draft(actor, draft))
    return _Side(column.model, draft_document(draft), draft=draft if draft.name else None)


def _question(side: _Side, values: Mapping[str, Any]) -> Question:
    compiled = compiled_for(side.document, side.model)
    try:
        return question_for(side.document, compiled, values, side.model, side.model)
    except CannotAsk as error:
        raise Invalid({"values": [str(error)]}) from error


def _add_answer(trial: Trial, position: int, side: _Side, question: Question) -> None:
    TrialAnswer.objects.create(
        trial=trial,
        position=position,
        label=side.label,
        model=side.model,
        version=side.version,
        draft=side.draft,
        content=content.canonical_bytes(side.document),
        reservation=_reserved(trial, question),
    )


def _reserved(trial: Trial, question: Question) -> Any:
    most = price_of(question.model, sent_tokens(question), answered_tokens(question))
    if trial.team is None or not most:
        return None
    return reserve(trial.team, amount=most, purpose="playground", run_ref=f"trial:{trial.pk}")


def _settle(row: TrialAnswer) -> None:
    if row.reservation is None:
        return
    spent = Decimal(0) if row.state == TrialState.COULD_NOT_RUN else row.cost
    settle(row.reservation, actual=row.reservation.amount if spent is None else spent)

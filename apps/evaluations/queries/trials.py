"""Trials that one may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import Trial, TrialAnswer
from apps.prompts.queries.prompts import visible_prompts

SHOWN = 20


def visible_trials(actor: Any) -> QuerySet[Trial]:
    rows = Trial.objects.filter(prompt__in=visible_prompts(actor))
    return rows.select_related("prompt__namespace", "prompt__owner", "person", "team")


def trial_for(actor: Any, pk: int) -> Trial:
    """A trial of a prompt that the actor may see, or 404."""
    trial = visible_trials(actor).filter(pk=pk).first()
    if trial is None:
        require(not_visible())
    assert trial is not None
    return trial


def answer_for(actor: Any, pk: int, position: int) -> TrialAnswer:
    """One column of a trial that the actor may see, or 404."""
    trial = trial_for(actor, pk)
    answer = trial.answers.filter(position=position).select_related("version", "draft").first()
    if answer is None:
        require(not_visible())
    assert answer is not None
    answer.trial = trial
    return answer


def answers_of(trial: Trial) -> list[TrialAnswer]:
    answers = list(trial.answers.select_related("version", "draft"))
    for answer in answers:
        answer.trial = trial
    return answers


def own_trials(person: Any) -> list[Trial]:
    """What a person tried last, of what they still see."""
    rows = visible_trials(person).filter(person=person).prefetch_related("answers")
    return list(rows[:SHOWN])

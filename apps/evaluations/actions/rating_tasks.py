"""What a person does with the answers in their queue."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.evaluations.actions.ratings import (
    LONGEST,
    _clean_note,
    _tell_when_done,
    rate_answer,
    take_back_rating,
)
from apps.evaluations.locks import lock_rating_task
from apps.evaluations.models import RatingTask
from apps.evaluations.permissions import can_do_rating_task
from apps.evaluations.states import Preference, RatingTaskState


@working
def rate_task(
    task: RatingTask, *, value: Any, note: str = "", seconds: int | None = None, actor: Any
) -> RatingTask:
    """The rating of one's own task, or its change."""
    locked = lock_rating_task(task.pk)
    require(can_do_rating_task(actor, locked))
    if locked.request.compares:
        _prefer(locked, value, note, seconds)
        return locked
    rate_answer(
        locked.result, value=value, check_key=_key(locked), note=note,
        blind=locked.request.blind, seconds=seconds, actor=actor,
    )  # fmt: skip
    return locked


@working
def skip_task(task: RatingTask, *, actor: Any) -> RatingTask:
    """It comes again after all others."""
    locked = lock_rating_task(task.pk)
    require(can_do_rating_task(actor, locked))
    if locked.state == RatingTaskState.WAITING:
        RatingTask.objects.filter(pk=locked.pk).update(state=RatingTaskState.SKIPPED)
    return locked


@working
def take_back_task(task: RatingTask, *, actor: Any) -> RatingTask:
    """It waits again, as if it had not been rated or skipped."""
    locked = lock_rating_task(task.pk)
    require(can_do_rating_task(actor, locked))
    if locked.state == RatingTaskState.DONE and not locked.request.compares:
        take_back_rating(locked.result, check_key=_key(locked), actor=actor)
    RatingTask.objects.filter(pk=locked.pk).update(
        state=RatingTaskState.WAITING, preference="", done_at=None
    )
    return locked


def _prefer(task: RatingTask, value: Any, note: str, seconds: int | None) -> None:
    if value not in Preference.values:
        raise Invalid({"value": [_("Choose left, right, both the same or both bad.")]})
    RatingTask.objects.filter(pk=task.pk).update(
        state=RatingTaskState.DONE, preference=value, note=_clean_note(note),
        seconds=None if seconds is None else min(max(0, seconds), LONGEST),
        done_at=database_now(),
    )  # fmt: skip
    touch("run", task.request.run_id)
    _tell_when_done(task.request)


def _key(task: RatingTask) -> str | None:
    key = task.request.check_key
    return str(key) if key else None

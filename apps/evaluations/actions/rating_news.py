"""That everything which was asked for is rated: whoever asked hears of it."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import require
from apps.evaluations import events
from apps.evaluations.locks import lock_rating_request
from apps.evaluations.models import RatingRequest
from apps.evaluations.permissions import can_tell_ratings_done
from apps.evaluations.states import RatingTaskState


@governed
def tell_ratings_done(asked: RatingRequest, *, actor: Any) -> RatingRequest:
    """Written down once, when the last rating came for the first time."""
    locked = lock_rating_request(asked.pk)
    require(can_tell_ratings_done(locked))
    RatingRequest.objects.filter(pk=locked.pk).update(told_at=Now())
    run = locked.run
    record(
        events.RATINGS_DONE, actor=actor, target=locked, namespace=run.prompt.namespace,
        run=run.pk, request=locked.pk,
        ratings=locked.tasks.filter(state=RatingTaskState.DONE).count(),
        version=run.version.number if run.version else None,
    )  # fmt: skip
    return locked

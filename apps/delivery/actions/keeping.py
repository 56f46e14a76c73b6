"""Writes of the API that are asked twice: the second time gets the answer of the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from apps.core.actions import working
from apps.delivery.models import KeptAnswer
from apps.delivery.problems import Problem

KEPT_FOR = timedelta(hours=24)
Answered = tuple[int, str]  # status, body


@working
def answer_once(key: int, *, token: str, call: str, work: Callable[[], Answered]) -> Answered:
    """What `work` answers, kept for a day under the token, in one transaction with what it does:
    whatever is killed, the act and its answer are both there or neither. Two at once wait for each
    other. Problem 422 for a token that was used for another call."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [token, key])
    mine = KeptAnswer.objects.filter(key=key, token=token)
    mine.filter(made_at__lt=timezone.now() - KEPT_FOR).delete()
    known = mine.first()
    if known is not None and known.call != call:
        raise Problem(
            "other_call",
            "This Idempotency-Key was used for another call. Make a new one for each thing to do.",
        )
    if known is not None:
        return known.status, known.body
    status, body = work()
    KeptAnswer.objects.create(key_id=key, token=token, call=call, status=status, body=body)
    return status, body


@working
def forget_answers() -> int:
    """Drop what is older than a day."""
    old = KeptAnswer.objects.filter(made_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]

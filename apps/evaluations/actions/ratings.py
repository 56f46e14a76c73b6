"""What people say of an answer, and what their checks then say of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.evaluations.actions.rating_news import tell_ratings_done
from apps.evaluations.locks import lock_result
from apps.evaluations.models import Rating, RatingRequest, RatingTask, Result
from apps.evaluations.permissions import can_rate_answer, can_tell_ratings_done
from apps.evaluations.queries.ratings import judged_anew, own_rating
from apps.evaluations.states import RatingTaskState, RatingWay, ResultState
from apps.evaluations.yardsticks import Yardstick, yardstick, yardsticks
from apps.prompts.entrance import clean_text

MAX_NOTE = 2000
LONGEST = 3600  # seconds: whoever took longer was away


@working
def rate_answer(
    result: Result, *, value: Any, check_key: str | None = None, note: str = "",
    blind: bool = False, seconds: int | None = None, actor: Any,
) -> Rating:  # fmt: skip
    """One's own rating of an answer, by a check that people judge or as a whole; once more changes
    it. The check's verdict, the case and what was asked of this person follow."""
    row = lock_result(result.pk)
    require(can_rate_answer(actor, row.run))
    asked = _asked(row, check_key)
    if not asked.takes(value):
        raise Invalid({"value": [_("Choose a rating: %(hint)s.") % {"hint": asked.hint}]})
    rating = own_rating(row, actor, asked.key) or Rating(
        result=row, person=actor, check_key=asked.key
    )
    rating.value, rating.note, rating.blind = value, _clean_note(note), blind
    rating.seconds = None if seconds is None else min(max(0, seconds), LONGEST)
    rating.at = database_now()
    rating.save()
    _follow(row, asked, actor, RatingTaskState.DONE)
    return rating


@working
def take_back_rating(result: Result, *, check_key: str | None = None, actor: Any) -> None:
    """As if one had not rated it; doing it twice is fine."""
    row = lock_result(result.pk)
    require(can_rate_answer(actor, row.run))
    asked = _asked(row, check_key)
    rating = own_rating(row, actor, asked.key)
    if rating is not None:
        rating.delete()
        _follow(row, asked, actor, RatingTaskState.WAITING)


def _clean_note(note: str) -> str:
    cleaned = clean_text("note", note).strip()
    if len(cleaned) > MAX_NOTE:
        raise Invalid({"note": [_("At most %(most)s letters.") % {"most": f"{MAX_NOTE:,}"}]})
    return cleaned


def _asked(row: Result, key: str | None) -> Yardstick:
    if row.state != ResultState.DONE:
        require(not_possible("no_answer", _("There is no answer here that could be rated.")))
    found = yardstick(row.run.suite_version.document, key)
    if found is None:
        raise Invalid({"check": [_("People do not judge this check. Reload, then choose again.")]})
    return found


def _follow(row: Result, asked: Yardstick, actor: Any, state: str) -> None:
    _judge_anew(row)
    tasks = RatingTask.objects.filter(
        result=row, rater=actor, request__check_key=asked.key, request__way=RatingWay.RATE
    ).exclude(state=RatingTaskState.DROPPED)
    done = database_now() if state == RatingTaskState.DONE else None
    tasks.update(state=state, done_at=done)
    touch("run", row.run_id)
    for request in RatingRequest.objects.filter(pk__in=tasks.values("request")):
        _tell_when_done(request)


def _judge_anew(row: Result) -> None:
    """What a worker found stays; what people say, and the verdict of the case, is written anew."""
    document = row.run.suite_version.document
    if yardsticks(document):
        Result.objects.filter(pk=row.pk).update(**judged_anew(row, document))


def _tell_when_done(request: RatingRequest) -> None:
    if can_tell_ratings_done(request):
        tell_ratings_done(request, actor=SYSTEM)

"""Asking people for ratings, taking an answer from who cannot rate it, and closing a request."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import person_behind
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.evaluations import events
from apps.evaluations.actions.ratings import _clean_note
from apps.evaluations.assigning import assigned, swapped
from apps.evaluations.locks import lock_rating_request, lock_run
from apps.evaluations.models import RatingRequest, RatingTask, Result, Run
from apps.evaluations.models.ratings import MOST_EACH
from apps.evaluations.permissions import (
    can_ask_for_ratings,
    can_close_rating_request,
    can_drop_rater,
    can_rate_answer,
)
from apps.evaluations.queries.rating_items import Pair, items_for, open_tasks_of
from apps.evaluations.states import (
    RATING_REQUEST,
    RatingRequestState,
    RatingSample,
    RatingTaskState,
    RatingWay,
)
from apps.evaluations.yardsticks import yardstick

MOST_TASKS = 5000


@dataclass(frozen=True)
class RatingTerms:
    """What is asked of whom. `first` and `second` are (run id, model) of what is compared."""

    raters: Sequence[User]
    way: str = RatingWay.RATE
    check_key: str | None = None
    first: tuple[int, str] = (0, "")
    second: tuple[int, str] = (0, "")
    sample: str = RatingSample.ALL
    many: int = 20
    each: int = 1
    blind: bool = True
    note: str = ""
    seed: int = field(default_factory=lambda: secrets.randbits(31))


@governed
def ask_for_ratings(run: Run, *, terms: RatingTerms, actor: Any) -> RatingRequest:
    """Share the answers out among the raters, who find them in their queue and their inbox."""
    locked = lock_run(run.pk)
    require(can_ask_for_ratings(actor, locked))
    _require_terms(locked, terms)
    items = items_for(locked, terms)
    if not items:
        raise Invalid({"sample": [_("There is no such answer in this run. Choose others.")]})
    _require_size(len(items) * terms.each)
    request = RatingRequest(
        run=locked, way=terms.way, check_key=_key(terms), sample=terms.sample, seed=terms.seed,
        each=terms.each, blind=terms.blind or terms.way == RatingWay.COMPARE,
        note=_clean_note(terms.note), asked_by=person_behind(actor),
    )  # fmt: skip
    request.save()
    RatingTask.objects.bulk_create(_tasks(request, items, terms), batch_size=1000)
    touch("run", locked.pk)
    record(
        events.RATINGS_ASKED, actor=actor, target=request, namespace=locked.prompt.namespace,
        reason=request.note, run=locked.pk, request=request.pk, answers=len(items),
        people=len(terms.raters), each=terms.each, way=str(terms.way),
        version=locked.version.number if locked.version else None,
    )  # fmt: skip
    return request


@governed
def close_rating_request(asked: RatingRequest, *, reason: str = "", actor: Any) -> RatingRequest:
    """Nobody is asked any more. What was rated stays and counts."""
    locked = lock_rating_request(asked.pk)
    require(can_close_rating_request(actor, locked))
    move(locked, "state", RatingRequestState.CLOSED, RATING_REQUEST)
    touch("run", locked.run_id)
    record(
        events.RATINGS_CLOSED, actor=actor, target=locked, namespace=locked.run.prompt.namespace,
        reason=reason, run=locked.run_id, request=locked.pk,
    )  # fmt: skip
    return locked


@governed
def drop_rater(
    asked: RatingRequest, *, person: User, reason: str = "", actor: Any
) -> RatingRequest:
    """What this person has not rated goes to the other raters, to whoever has least to do; where
    all of them have an answer already, it is rated by fewer."""
    tasks = list(open_tasks_of(asked).filter(rater=person).select_for_update().order_by("pk"))
    locked = lock_rating_request(asked.pk)  # after the tasks, as rating does it
    require(can_drop_rater(actor, locked))
    if not tasks:
        words = _("%(who)s has nothing left to rate here.") % {"who": person}
        raise Invalid({"person": [words]})
    RatingTask.objects.bulk_create(_handed_on(locked, tasks, person))
    dropped = {task.pk for task in tasks}
    RatingTask.objects.filter(pk__in=dropped).update(state=RatingTaskState.DROPPED)
    touch("run", locked.run_id)
    record(
        events.RATER_DROPPED, actor=actor, target=locked, namespace=locked.run.prompt.namespace,
        reason=reason, run=locked.run_id, request=locked.pk, person=person.pk,
        answers=len(tasks),
    )  # fmt: skip
    return locked


def _key(terms: RatingTerms) -> str | None:
    return terms.check_key if terms.way == RatingWay.RATE and terms.check_key else None


def _require_terms(run: Run, terms: RatingTerms) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= terms.each <= MOST_EACH:
        errors["each"] = [_("Between 1 and %(most)s people rate an answer.") % {"most": MOST_EACH}]
    elif len(terms.raters) < terms.each:
        words = _("Each answer is to be rated by %(each)s people. Choose at least as many.")
        errors["people"] = [words % {"each": terms.each}]
    for person in terms.raters:
        if not can_rate_answer(person, run):
            words = _("%(who)s may not comment on this suite, so they cannot rate its answers.")
            errors["people"] = [words % {"who": person}]
    if terms.many < 1 and terms.sample == RatingSample.SOME:
        errors["many"] = [_("Ask for at least one answer.")]
    if yardstick(run.suite_version.document, _key(terms)) is None:
        errors["check"] = [_("People do not judge this check. Reload, then choose again.")]
    if terms.way == RatingWay.COMPARE and terms.first == terms.second:
        errors["second"] = [_("Choose two different columns.")]
    if errors:
        raise Invalid(errors)


def _require_size(many: int) -> None:
    if many > MOST_TASKS:
        words = _("This asks for %(many)s ratings; at most %(most)s at once. Draw a sample.")
        raise Invalid({"sample": [words % {"many": f"{many:,}", "most": f"{MOST_TASKS:,}"}]})


def _tasks(
    request: RatingRequest, items: Sequence[Result | Pair], terms: RatingTerms
) -> list[RatingTask]:
    people = {person.pk: person for person in terms.raters}
    shared = assigned(items, sorted(people), terms.each, terms.seed)
    return [
        _task(request, item, people[rater], place) for place, (item, rater) in enumerate(shared)
    ]


def _task(request: RatingRequest, item: Result | Pair, rater: User, place: int) -> RatingTask:
    result, other = item if isinstance(item, tuple) else (item, None)
    return RatingTask(
        request=request, result=result, other=other, rater=rater, position=place,
        swapped=other is not None and swapped(request.seed, result.case_index),
    )  # fmt: skip


def _handed_on(
    request: RatingRequest, tasks: Sequence[RatingTask], person: User
) -> list[RatingTask]:
    """New tasks for the others, who may still rate."""
    rows = RatingTask.objects.filter(request=request).select_related("rater")
    others = {one.rater for one in rows} - {person}
    able = [one for one in others if can_rate_answer(one, request.run)]
    taken = {(one.result_id, one.rater_id) for one in rows}
    loads = {one.pk: sum(task.rater_id == one.pk for task in rows) for one in able}
    found = []
    for task in tasks:
        free = [one for one in able if (task.result_id, one.pk) not in taken]
        if free:
            least = min(free, key=lambda one: (loads[one.pk], one.pk))
            loads[least.pk] += 1
            found.append(RatingTask(
                request=request, result_id=task.result_id, other_id=task.other_id, rater=least,
                position=task.position, swapped=task.swapped,
            ))  # fmt: skip
    return found

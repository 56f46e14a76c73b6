"""What one is asked to rate, and how far those are who were asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import Rating, RatingRequest, RatingTask, Run
from apps.evaluations.queries.rating_items import OPEN
from apps.evaluations.queries.runs import HEAVY, visible_runs
from apps.evaluations.states import RatingRequestState, RatingTaskState
from apps.teams.models import Capability, Team
from apps.teams.rights import people_with

WITH = (
    "run__suite_version__suite__namespace",
    "run__prompt__namespace",
    "run__version",
    "run__paired__version",
    "asked_by",
)
LIGHT = tuple(f"run__{one}" for one in HEAVY)


@dataclass(frozen=True)
class Waiting:
    """A request of which something is this person's."""

    request: RatingRequest
    done: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.done


@dataclass(frozen=True)
class Progress:
    person: User
    done: int
    total: int
    may_rate: bool

    @property
    def left(self) -> int:
        return self.total - self.done


def requests_of(run: Run) -> QuerySet[RatingRequest]:
    return run.rating_requests.select_related("asked_by").order_by("-pk")


def request_for(actor: Any, pk: int) -> RatingRequest:
    """A request about a run that the actor may see, or 404."""
    rows = RatingRequest.objects.filter(pk=pk, run__in=visible_runs(actor)).select_related(*WITH)
    found = rows.defer(*LIGHT).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def queue_of(person: User) -> list[Waiting]:
    """Open requests with something of this person's that waits; the oldest first."""
    own = Q(tasks__rater=person) & ~Q(tasks__state=RatingTaskState.DROPPED)
    rows = RatingRequest.objects.filter(
        state=RatingRequestState.OPEN, run__in=visible_runs(person)
    ).annotate(
        total=Count("tasks", filter=own),
        finished=Count("tasks", filter=own & Q(tasks__state=RatingTaskState.DONE)),
    )
    light = rows.select_related(*WITH).defer(*LIGHT)
    return [
        Waiting(row, row.finished, row.total)
        for row in light.order_by("pk")
        if row.total > row.finished
    ]


def own_tasks(request: RatingRequest, person: User) -> QuerySet[RatingTask]:
    """In order; what was skipped comes last."""
    rows = request.tasks.filter(rater=person).exclude(state=RatingTaskState.DROPPED)
    return rows.select_related("result", "other").order_by("position", "pk")


def task_for(request: RatingRequest, person: User, pk: int) -> RatingTask:
    """One's own, or 404; who is not its rater may not know of it."""
    found = request.tasks.filter(pk=pk, rater=person).select_related("result", "other").first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def next_task(request: RatingRequest, person: User) -> RatingTask | None:
    rows = own_tasks(request, person)
    waiting = rows.filter(state=RatingTaskState.WAITING).first()
    return waiting or rows.filter(state=RatingTaskState.SKIPPED).first()


def last_done(request: RatingRequest, person: User) -> RatingTask | None:
    """What “undo” takes back."""
    rows = own_tasks(request, person).filter(state=RatingTaskState.DONE)
    return rows.order_by("-done_at", "-pk").first()


def progress_of(request: RatingRequest, able: set[int]) -> list[Progress]:
    """Rater by rater; those who are not `able` to rate any more are marked."""
    rows = request.tasks.exclude(state=RatingTaskState.DROPPED).values("rater").order_by("rater")
    counted = rows.annotate(
        total=Count("pk"), finished=Count("pk", filter=Q(state=RatingTaskState.DONE))
    )
    people = User.objects.in_bulk([row["rater"] for row in counted])
    found = [
        Progress(people[row["rater"]], row["finished"], row["total"], row["rater"] in able)
        for row in counted
    ]
    return sorted(found, key=lambda one: str(one.person))


def raters_of(run: Run) -> set[int]:
    """Ids of the people who may rate answers of this run."""
    seen = people_with(Capability.VIEW, run.prompt.namespace)
    return (
        seen
        & people_with(Capability.VIEW, run.namespace)
        & people_with(Capability.COMMENT, run.namespace)
    )


def people_to_ask(run: Run) -> QuerySet[User]:
    return User.objects.filter(pk__in=raters_of(run)).order_by("name", "pk")


def teams_to_ask(run: Run) -> QuerySet[Team]:
    """Teams of which somebody may rate."""
    rows = Team.objects.filter(memberships__person__in=raters_of(run))
    return rows.distinct().order_by("name")


def waits_blind(run: Run, person: Any) -> bool:
    """Whether this person still has to rate answers of the run without knowing what others say."""
    return RatingTask.objects.filter(
        request__run=run, request__blind=True, request__state=RatingRequestState.OPEN,
        rater=person, state__in=OPEN,
    ).exists()  # fmt: skip


def own_ratings(row: Any, person: User) -> Mapping[str, Rating]:
    """Key of a check, "" for the whole, → one's own rating of this answer. One query."""
    rows = Rating.objects.filter(result=row, person=person)
    return {str(rating.check_key or ""): rating for rating in rows}

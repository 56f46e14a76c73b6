"""Who may rate answers, ask others to, and settle what they disagree on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible, not_visible
from apps.evaluations.models import RatingRequest, RatingTask, Run
from apps.evaluations.permissions.runs import can_view_run
from apps.evaluations.states import RatingTaskState
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_rate_answer(actor: Actor | None, run: Run) -> Verdict:
    """People alone: who may comment on the suite, and sees the prompt."""
    seen = can_view_run(actor, run)
    allowed = can(actor, Capability.COMMENT, run) if seen else seen
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can rate an answer."))
    return allowed


def can_see_ratings(actor: Actor | None, run: Run) -> Verdict:
    return can_view_run(actor, run)


def can_ask_for_ratings(actor: Actor | None, run: Run) -> Verdict:
    allowed = _may_edit(actor, run)
    if allowed and run.is_under_way:
        words = _("This run is still under way. Ask for ratings when it is over.")
        return not_possible("run_under_way", words)
    return allowed


def can_close_rating_request(actor: Actor | None, request: RatingRequest) -> Verdict:
    allowed = _may_edit(actor, request.run)
    return _is_open(request) if allowed else allowed


def can_drop_rater(actor: Actor | None, request: RatingRequest) -> Verdict:
    return can_close_rating_request(actor, request)


def can_decide_rating(actor: Actor | None, run: Run) -> Verdict:
    """What counts where people disagree: who may edit the suite."""
    return _may_edit(actor, run)


def can_do_rating_task(actor: Actor | None, task: RatingTask) -> Verdict:
    """The person whom it was given to, while they may rate and it is still theirs."""
    if task.rater_id != getattr(actor, "pk", None) or not isinstance(actor, User):
        return not_visible()
    allowed = can_rate_answer(actor, task.request.run)
    if allowed and task.state == RatingTaskState.DROPPED:
        return not_possible("task_dropped", _("This answer was given to somebody else to rate."))
    return _is_open(task.request) if allowed else allowed


def can_tell_ratings_done(request: RatingRequest) -> Verdict:
    """Once, when nothing waits any more."""
    waits = (RatingTaskState.WAITING, RatingTaskState.SKIPPED)
    if request.told_at is not None or request.tasks.filter(state__in=waits).exists():
        return not_possible("not_all_rated", _("Some answers are not rated yet."))
    return ALLOW


def _may_edit(actor: Actor | None, run: Run) -> Verdict:
    seen = can_view_run(actor, run)
    allowed = can(actor, Capability.EDIT, run) if seen else seen
    if allowed and not isinstance(actor, User):
        return not_allowed("people_only", _("Only a person can do this."))
    return allowed


def _is_open(request: RatingRequest) -> Verdict:
    if request.is_open:
        return ALLOW
    return not_possible("request_closed", _("This request for ratings was closed."))

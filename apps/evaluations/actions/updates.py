"""The change of a model: its runs planned, cancelled, and counted together at their end."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.evaluations import events
from apps.evaluations.actions.runs import MAX_REPEATS, cancel_run
from apps.evaluations.models import ModelUpdate, PlannedRun
from apps.evaluations.permissions import can_cancel_run, can_cancel_update, can_start_update
from apps.evaluations.queries.model_use import model_uses
from apps.evaluations.queries.planned import planned_of
from apps.evaluations.queries.update_reports import update_report
from apps.evaluations.states import PLANNED, UPDATE, PlannedState, UpdateState
from apps.evaluations.tasks import wake_planned
from apps.evaluations.update_plans import PlanRow, plan_update

MAX_PLANNED = 500


@governed
def start_update(*, before: str, after: str, repeats: int = 1, actor: User) -> ModelUpdate:
    """Plan a run on both models for each prompt that uses `before`, with each suite that tests it;
    only those that the actor may run. Refuses where nothing can be run."""
    require(can_start_update(actor))
    _require_two(before, after)
    if not 1 <= repeats <= MAX_REPEATS:
        words = _("A case is asked 1 to %(most)s times.") % {"most": MAX_REPEATS}
        raise Invalid({"repeats": [words]})
    uses = model_uses(actor).of(before)
    plan = plan_update(actor, uses, before=before, after=after, repeats=repeats, costs=False)
    require(_can_run_any(before, plan.rows, plan.first_refusal))
    update = ModelUpdate(before=before, after=after, repeats=repeats, requested_by=actor)
    update.save()
    PlannedRun.objects.bulk_create([_planned(update, row) for row in plan.rows])
    transaction.on_commit(wake_planned)
    record(
        events.UPDATE_STARTED, actor=actor, target=update, update=update.pk, repeats=repeats,
        runs=len(plan.to_run), prompts=len(uses),
    )  # fmt: skip
    return update


@governed
def cancel_update(update: ModelUpdate, *, actor: Any) -> ModelUpdate:
    """Start no further run, and cancel those that are under way. What is answered is kept."""
    locked = _locked(update)
    require(can_cancel_update(actor, locked))
    for planned in planned_of(locked).filter(state=PlannedState.WAITING):
        move(planned, "state", PlannedState.DROPPED, PLANNED)
    stopped = 0
    for planned in planned_of(locked).filter(state=PlannedState.STARTED):
        if planned.run is not None and can_cancel_run(actor, planned.run):
            cancel_run(planned.run, reason=str(locked), actor=actor)
            stopped += 1
    _end(locked, UpdateState.CANCELLED)
    record(
        events.UPDATE_CANCELLED, actor=actor, target=locked, update=locked.pk, runs=stopped
    )  # fmt: skip
    return locked


@governed
def finish_update(update: ModelUpdate, *, actor: Any = SYSTEM) -> ModelUpdate:
    """All its runs are over: what came of them, counted by prompt."""
    locked = _locked(update)
    over = not_possible("update_over", _("This is over already."))
    require(ALLOW if locked.is_under_way else over)
    found = update_report(locked)
    _end(locked, UpdateState.DONE)
    counts = found.counts
    record(
        events.UPDATE_FINISHED, actor=actor, target=locked, update=locked.pk,
        worse=counts["worse"], better=counts["better"], unchanged=counts["unchanged"],
        unclear=counts["unclear"], untested=counts["untested"],
    )  # fmt: skip
    return locked


def _planned(update: ModelUpdate, row: PlanRow) -> PlannedRun:
    state = PlannedState.UNTESTED if row.suite is None else PlannedState.WAITING
    if row.refusal:
        state = PlannedState.REFUSED
    return PlannedRun(
        update_of=update, prompt=row.use.prompt, suite=row.suite, version=row.use.version,
        environment=row.use.place, state=state, refusal=row.refusal,
    )  # fmt: skip


def _require_two(before: str, after: str) -> None:
    if before == after:
        raise Invalid({"after": [_("Choose another model than the one that is replaced.")]})


def _can_run_any(before: str, rows: list[PlanRow], first_refusal: str) -> Verdict:
    runs = [row for row in rows if row.suite is not None and not row.refusal]
    if not rows:
        words = _("No prompt that you may see uses %(model)s.") % {"model": before}
        return not_possible("model_not_used", words)
    if not runs:
        words = _("No suite tests the prompts that use %(model)s. Make one, then come back.")
        return not_possible("nothing_to_run", first_refusal or words % {"model": before})
    if len(runs) > MAX_PLANNED:
        words = _("That would be %(many)s runs; at most %(most)s go together.")
        return not_possible("update_too_large", words % {"many": len(runs), "most": MAX_PLANNED})
    return ALLOW


def _locked(update: ModelUpdate) -> ModelUpdate:
    rows = ModelUpdate.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("requested_by").get(pk=update.pk)


def _end(update: ModelUpdate, state: str) -> None:
    ModelUpdate.objects.filter(pk=update.pk).update(finished_at=Now())
    move(update, "state", state, UPDATE)

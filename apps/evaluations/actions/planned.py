"""Planned runs become runs, one transaction each, on behalf of whoever asked for them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, Refused, require
from apps.core.states import move
from apps.core.verdicts import not_possible
from apps.environments.queries import live_version
from apps.evaluations.actions.runs import RunTerms, start_run
from apps.evaluations.models import PlannedRun, Run
from apps.evaluations.permissions import can_begin_planned
from apps.evaluations.states import PLANNED, PlannedState
from apps.prompts.models import Version


@working
def begin_planned(pk: int, *, actor: Any = SYSTEM) -> Run | None:
    """Start it, or keep the sentence that says why not. None too where another worker has it."""
    rows = PlannedRun.objects.select_for_update(skip_locked=True, of=("self",))
    planned = rows.select_related(
        "prompt__namespace", "prompt__owner", "suite__namespace", "version", "environment",
        "update_of__requested_by", "schedule__made_by",
    ).filter(pk=pk).first()  # fmt: skip
    if planned is None or not can_begin_planned(actor, planned):
        return None
    try:
        run = _start(planned, actor)
    except (Refused, Invalid) as refusal:
        planned.refusal = _sentence(refusal)
        planned.save(update_fields=["refusal"])
        move(planned, "state", PlannedState.REFUSED, PLANNED)
        return None
    planned.run, planned.version = run, run.version
    planned.save(update_fields=["run", "version"])
    move(planned, "state", PlannedState.STARTED, PLANNED)
    return run


def _start(planned: PlannedRun, actor: Any) -> Run:
    assert planned.suite is not None
    version = planned.version or _live(planned)
    version.prompt = planned.prompt
    return start_run(
        planned.suite, tested=version, terms=_terms(planned), on_behalf=_person(planned),
        actor=actor,
    )  # fmt: skip


def _live(planned: PlannedRun) -> Version:
    assert planned.environment is not None
    version = live_version(planned.prompt, planned.environment)
    if version is None:
        words = _("Nothing of %(prompt)s is live in %(place)s.")
        names = {"prompt": planned.prompt, "place": planned.environment}
        require(not_possible("nothing_live", words % names))
    assert version is not None
    return version


def _person(planned: PlannedRun) -> User:
    of = planned.update_of
    person = of.requested_by if of is not None else planned.schedule.made_by  # type: ignore[union-attr]
    if not person.is_active:
        words = _("%(who)s, who asked for this, is not active any more.")
        require(not_possible("person_left", words % {"who": person}))
    return person


def _terms(planned: PlannedRun) -> RunTerms:
    """A schedule asks afresh each time: an answer that was kept would hide that they change."""
    if planned.update_of is not None:
        of = planned.update_of
        return RunTerms(
            models=[of.before, of.after], repeats=of.repeats, judge=of.before,
            variant_of=of.before,
        )  # fmt: skip
    schedule = planned.schedule
    assert schedule is not None
    return RunTerms(
        models=[schedule.model], repeats=schedule.repeats, fresh=True,
        most_cost=schedule.most_cost,
    )  # fmt: skip


def _sentence(refusal: Refused | Invalid) -> str:
    if isinstance(refusal, Invalid):
        return " ".join(text for texts in refusal.errors.values() for text in texts)
    return str(refusal)

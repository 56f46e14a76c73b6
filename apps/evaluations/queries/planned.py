"""Runs that are planned: which wait for a worker, and those of one update."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.audit.models import AuditEntry
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.events import UPDATE_FINISHED
from apps.evaluations.models import ModelUpdate, PlannedRun
from apps.evaluations.states import FINISHED, PlannedState, UpdateState
from apps.prompts.queries.prompts import visible_prompts
from apps.teams.queries import visible_namespaces

ROWS = ("prompt__namespace", "prompt__owner", "suite__namespace", "version", "environment")


def waiting_planned(limit: int) -> list[int]:
    rows = PlannedRun.objects.filter(state=PlannedState.WAITING).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def visible_updates(actor: Any) -> QuerySet[ModelUpdate]:
    """One's own, and those that tested a prompt which one may see."""
    seen = PlannedRun.objects.filter(update_of=OuterRef("pk"), prompt__in=visible_prompts(actor))
    rows = ModelUpdate.objects.filter(Q(requested_by=actor) | Exists(seen))
    return rows.select_related("requested_by")


def update_for(actor: Any, pk: int) -> ModelUpdate:
    found = visible_updates(actor).filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def planned_of(update: ModelUpdate, actor: Any = None) -> QuerySet[PlannedRun]:
    """All of an update; with `actor`, of those the prompts and suites that they may see."""
    rows = PlannedRun.objects.filter(update_of=update)
    if actor is not None:
        rows = rows.filter(_seen_by(actor))
    rows = rows.select_related(*ROWS, "run__suite_version").order_by("prompt__name", "pk")
    return rows.defer("version__content", "run__content", "run__suite_version__document")


def _seen_by(actor: Any) -> Q:
    in_suites = Q(suite=None) | Q(suite__namespace__in=visible_namespaces(actor))
    return Q(prompt__in=visible_prompts(actor)) & in_suites


def outcomes(updates: Collection[ModelUpdate], actor: Any) -> dict[int, dict[str, int]]:
    """Update → verdict → how many prompts, as was written down at its end. Only of updates whose
    prompts the actor may all see. Two queries."""
    rows = PlannedRun.objects.filter(update_of__in=updates).exclude(_seen_by(actor))
    hidden = set(rows.values_list("update_of", flat=True))
    ids = [str(update.pk) for update in updates if update.pk not in hidden]
    ended = AuditEntry.objects.filter(event=UPDATE_FINISHED, target_id__in=ids)
    return {data["update"]: data for data in ended.values_list("data", flat=True)}


def updates_to_finish() -> list[ModelUpdate]:
    """Whose runs are all over, or were never started."""
    left = PlannedRun.objects.filter(update_of=OuterRef("pk")).filter(
        Q(state=PlannedState.WAITING) | Q(state=PlannedState.STARTED) & ~Q(run__state__in=FINISHED)
    )
    rows = ModelUpdate.objects.filter(~Exists(left), state=UpdateState.RUNNING)
    return list(rows.order_by("pk")[:20])

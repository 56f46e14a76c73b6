"""All experiments and shadows that one may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.experiments.models import Experiment, Shadow
from apps.experiments.queries import visible_experiments
from apps.experiments.queries.shadows import visible_shadows
from apps.experiments.sentences import metric_name
from apps.experiments.shadow_readings import ShadowReading, read_shadows, verdict_of
from apps.experiments.states import ExperimentState, ShadowState

MOST = 100
Row = TypeVar("Row", Experiment, Shadow)


@require_safe
@login_required
def experiments(request: HttpRequest) -> HttpResponse:
    """Those that run first, then drafts, then what is over."""
    actor = person_of(request)
    rows = visible_experiments(actor).exclude(state=ExperimentState.ABANDONED)
    found = _first(rows, ExperimentState.RUNNING, ExperimentState.DRAFT)
    shadows = _first(visible_shadows(actor), ShadowState.RUNNING, ShadowState.PAUSED)
    context = {"rows": rows_of(found), "shadows": shadow_rows(shadows)}
    return render(request, "experiments/experiments.html", context)


def _first(rows: QuerySet[Row], *states: str) -> list[Row]:
    """The newest, those in these states before the others."""
    order = {state: rank for rank, state in enumerate(states)}
    return sorted(rows.order_by("-pk")[:MOST], key=lambda one: order.get(one.state, len(order)))


def rows_of(found: list[Experiment]) -> list[dict[str, Any]]:
    return [
        {
            "experiment": one,
            "metric": metric_name(one.goal),
            "arms": ", ".join(f"{arm['arm'].upper()} v{arm['version']}" for arm in one.arms),
            "verdict": (one.result or {}).get("verdict", ""),
        }
        for one in found
    ]


def shadow_rows(shadows: Sequence[Shadow]) -> list[tuple[Shadow, ShadowReading, str]]:
    readings = read_shadows(shadows)
    return [
        (one, readings[one.pk], verdict_of(one, readings[one.pk].comparison)) for one in shadows
    ]

"""The page of one experiment: the verdict first, then what it stands on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.audit.queries import lines
from apps.experiments.models import Experiment
from apps.experiments.permissions import (
    can_abandon_experiment,
    can_change_experiment,
    can_end_experiment,
    can_start_experiment,
)
from apps.experiments.planned import estimate_words
from apps.experiments.queries import baseline, experiment_for, standing_of
from apps.experiments.sentences import limit_words, metric_name, smallest_words
from apps.experiments.shown import chart, day_rows, group_lines, metric_lines
from apps.releases.audience import condition_words
from apps.teams.queries import visible_entries


@require_safe
@login_required
def experiment(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = experiment_for(person, pk)
    context = {
        "experiment": found,
        "prompt": found.prompt,
        "place": found.environment,
        "metric": metric_name(found.goal),
        "smallest": smallest_words(found.goal, found.smallest),
        "guards": [(metric_name(one.metric), limit_words(one.metric, one.worse))
                   for one in found.limits],
        "may_start": bool(can_start_experiment(person, found)),
        "may_change": bool(can_change_experiment(person, found)),
        "may_give_up": bool(can_abandon_experiment(person, found)),
        "may_end": bool(can_end_experiment(person, found)),
        "activity": _activity(request, found),
        "arms": found.arms,
        "audience": [condition_words(one) for one in found.audience],
    }  # fmt: skip
    context |= _results(found) if found.started_at else _before(found)
    if request.htmx and found.started_at:  # type: ignore[attr-defined]  # by middleware
        return render(request, "experiments/experiment.html#results", context)
    return render(request, "experiments/experiment.html", context)


def _results(found: Experiment) -> dict[str, Any]:
    now = standing_of(found)
    return {
        "now": now,
        "said": [
            {"arm": said, "lines": metric_lines(now, said), "groups": group_lines(now, said.arm)}
            for said in now.arms
        ],
        "units": [(arm, now.facts.units_of(arm["arm"])) for arm in found.arms],
        "charts": [one for one in (chart(now), chart(now, narrow=True)) if one],
        "day_rows": day_rows(now),
        "broken": [line for said in now.arms for line in said.broken],
    }


def _before(found: Experiment) -> dict[str, Any]:
    known = baseline(found.prompt, found.environment, found.goal)
    weights = [arm["weight"] for arm in found.arms]
    for_all = not found.audience
    words = estimate_words(found.goal, found.smallest, weights, known, for_all=for_all)
    return {"estimate": words}


def _activity(request: HttpRequest, found: Experiment) -> Any:
    entries = visible_entries(person_of(request)).filter(
        event__startswith="experiments.experiment.", data__experiment=found.pk, outcome="done",
        target_kind="prompt", target_id=str(found.prompt_id),
    )  # fmt: skip
    return lines(entries.order_by("-seq").prefetch_related("labels")[:20])

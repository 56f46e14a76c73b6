"""The start, with every gate of every version beside the button."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import NotPossible, require
from apps.environments.queries import live_release
from apps.experiments import actions
from apps.experiments.forms import StartForm
from apps.experiments.models import Experiment
from apps.experiments.permissions import can_start_experiment
from apps.experiments.planned import estimate_words
from apps.experiments.queries import baseline, experiment_for
from apps.releases.audience import condition_words
from apps.releases.label_gates import arm_gates


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    found = experiment_for(person, pk)
    require(can_start_experiment(person, found))
    if request.method != "POST":
        return _page(request, found)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=422)
    try:
        actions.start_experiment(found, **form.cleaned_data, actor=person)
    except NotPossible as refusal:
        return _page(request, found, refusal, refusal.status)
    messages.success(request, _("“%(name)s” runs.") % {"name": found})
    return redirect("experiments:experiment", pk)


def _page(
    request: HttpRequest,
    found: Experiment,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    prompt, place = found.prompt, found.environment
    live = live_release(prompt, place)
    numbers = [arm["version"] for arm in found.arms[1:]]
    versions = {one.number: one for one in prompt.versions.filter(number__in=numbers)}
    arms = []
    for arm in found.arms[1:]:
        version = versions[arm["version"]]
        version.prompt = prompt
        arms.append({"arm": arm, "version": version, "gates": arm_gates(version, place)})
    known = baseline(prompt, place, found.goal)
    weights = [arm["weight"] for arm in found.arms]
    context = {
        "experiment": found,
        "prompt": prompt,
        "place": place,
        "arms": arms,
        "acknowledge": any(gate.acknowledge for arm in arms for gate in arm["gates"]),
        "estimate": estimate_words(
            found.goal, found.smallest, weights, known, for_all=not found.audience
        ),
        "audience": [condition_words(one) for one in found.audience],
        "form": StartForm(initial={"expects": live.pk if live else None}),
        "refusal": refusal.verdict if refusal else None,
    }
    return render(request, "experiments/start.html", context, status=status)

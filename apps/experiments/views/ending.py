"""The end: a winner through the gates of a release, or none."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.environments.queries import live_release
from apps.experiments import actions
from apps.experiments.forms import EndForm
from apps.experiments.models import Experiment
from apps.experiments.permissions import can_end_experiment
from apps.experiments.queries import experiment_for, standing_of
from apps.releases.gates import gates


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """`?choose=b` has that one chosen already."""
    person = person_of(request)
    found = experiment_for(person, pk)
    require(can_end_experiment(person, found))
    arms = [(arm["arm"], arm["version"]) for arm in found.arms]
    if request.method != "POST":
        chosen = request.GET.get("choose", "")
        live = live_release(found.prompt, found.environment)
        first = {"expects": live.pk if live else None, "outcome": chosen}
        return _page(request, found, EndForm(arms=arms, initial=first))
    form = EndForm(request.POST, arms=arms)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        _end(request, found, form)
    except Invalid as error:
        form.take(error)
        return _page(request, found, form, status=422)
    except NotPossible as refusal:
        require(can_end_experiment(person, experiment_for(person, pk)))
        return _page(request, found, form, refusal, refusal.status)
    return redirect("experiments:experiment", pk)


def _end(request: HttpRequest, found: Experiment, form: EndForm) -> None:
    known = form.cleaned_data
    told = {"expects": known["expects"], "reason": known["reason"], "actor": person_of(request)}
    if known["outcome"] == "stop":
        actions.stop_experiment(found, **told)
        messages.success(request, _("Stopped. Everybody gets what was live before."))
        return
    actions.choose_winner(found, arm=known["outcome"], acknowledged=known["acknowledged"], **told)
    words = _("%(arm)s is chosen: everybody gets it.")
    messages.success(request, words % {"arm": known["outcome"].upper()})


def _page(
    request: HttpRequest,
    found: Experiment,
    form: EndForm,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    prompt, place = found.prompt, found.environment
    numbers = [arm["version"] for arm in found.arms[1:]]
    arms = []
    for version in prompt.versions.filter(number__in=numbers).order_by("number"):
        version.prompt = prompt
        arms.append({"version": version, "gates": gates(version, place)})
    context = {
        "experiment": found,
        "prompt": prompt,
        "place": place,
        "now": standing_of(found),
        "arms": arms,
        "acknowledge": any(gate.acknowledge for arm in arms for gate in arm["gates"]),
        "form": form,
        "refusal": refusal.verdict if refusal else None,
    }
    return render(request, "experiments/end.html", context, status=status)

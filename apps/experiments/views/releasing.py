"""The release panel's way by steps that go on by themselves: the release and its plan at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.experiments import actions
from apps.experiments.forms import ReleasePlanForm, guard_field
from apps.experiments.metrics import ERRORS
from apps.experiments.queries import choices_of_metric
from apps.experiments.states import Hold, OnHarm
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases.gates import gates
from apps.releases.permissions import all_open, can_release_version, can_split, has_right_there
from apps.reviews.queries import current_round, running_review

FIRST = "production"
FIRST_SHARE = 5


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release_by_itself(request: HttpRequest, path: str) -> HttpResponse:
    """`?version=14&environment=production`: the gates, and the steps, waits and guards. htmx GET:
    the panel."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    asked = request.POST if request.method == "POST" else request.GET
    place = environment_for(asked.get("environment") or FIRST)
    require(has_right_there(person, prompt, place))
    version = _version(prompt, asked.get("version"))
    if request.method != "POST":
        return _page(request, version, place, _fresh(version, place))
    form = ReleasePlanForm(request.POST, metrics=choices_of_metric(prompt, place))
    if not form.is_valid():
        return _page(request, version, place, form, status=422)
    return _release(request, version, place, form)


def _release(
    request: HttpRequest, version: Version, place: Environment, form: ReleasePlanForm
) -> HttpResponse:
    known = form.cleaned_data
    review = running_review(version.prompt, place)
    about = review if review and current_round(review).version_id == version.pk else None
    try:
        plan = actions.release_by_itself(
            version.prompt, version=version, environment=place, expects=known["expects"],
            steps=known["steps"], hold=Hold(known["hold"]), amount=known["amount"],
            guards=form.guards, on_harm=OnHarm(known["on_harm"]), reason=known["reason"],
            review=about, acknowledged=known["acknowledged"], actor=person_of(request),
        )  # fmt: skip
    except Invalid as error:
        form.take(error)
        return _page(request, version, place, form, status=422)
    except NotPossible as refusal:
        typed = {name: value for name, value in request.POST.items() if name != "expects"}
        again = _fresh(version, place, typed)
        return _page(request, version, place, again, refusal, status=refusal.status)
    words = _("%(version)s gets %(share)s %% of the traffic in %(place)s, and goes on by itself.")
    said = {"version": version, "share": plan.steps[0], "place": place}
    messages.success(request, words % said)
    return redirect("pages:prompt_releases", version.prompt.path)


def _version(prompt: Prompt, number: str | None) -> Version:
    asked = whole(number, LARGEST_NUMBER)
    if asked is None:
        require(not_visible(_("There is no such version.")))
    assert asked is not None
    version = version_of(prompt, asked)
    version.prompt = prompt
    return version


def _fresh(
    version: Version, place: Environment, typed: Mapping[str, Any] | None = None
) -> ReleasePlanForm:
    live = live_release(version.prompt, place)
    first: dict[str, Any] = {
        "version": version.number, "environment": place.name, "expects": live.pk if live else None,
        guard_field(ERRORS): 2,
    }  # fmt: skip
    metrics = choices_of_metric(version.prompt, place)
    return ReleasePlanForm(metrics=metrics, initial={**first, **(typed or {})})


def _page(
    request: HttpRequest,
    version: Version,
    place: Environment,
    form: ReleasePlanForm,
    refusal: NotPossible | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    person, prompt = person_of(request), version.prompt
    found = gates(version, place)
    left = [gate for gate in found if not gate.acknowledge]
    possible = can_release_version(person, version, place) and can_split(prompt, place, FIRST_SHARE)
    context = {
        "prompt": prompt,
        "version": version,
        "place": place,
        "live": live_release(prompt, place),
        "gates": found,
        "acknowledge": len(left) < len(found),
        "ready": possible and all_open(left),
        "possible": possible,
        "form": form,
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "experiments/release_by_itself.html#panel", context)
    return render(request, "experiments/release_by_itself.html", context, status=status)

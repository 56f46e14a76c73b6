from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import NotPossible, require
from apps.core.numbers import whole
from apps.environments.models import Environment, Release
from apps.environments.queries import environment_for, live_release
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for
from apps.releases import actions
from apps.releases.assignment import WHOLE
from apps.releases.forms import StepForm
from apps.releases.gates import step_gates
from apps.releases.permissions import all_open, can_step, has_right_there
from apps.releases.queries import PRESETS, rollout_of

FIRST = "production"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def step_rollout(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production[&share=25]`: another share of the traffic for a running rollout."""
    prompt = prompt_for(person_of(request), path)
    asked = request.POST if request.method == "POST" else request.GET
    place = environment_for(asked.get("environment") or FIRST)
    require(has_right_there(person_of(request), prompt, place))
    if request.method != "POST":
        require(can_step(live_release(prompt, place), place))
        return _page(request, prompt, place, _fresh(prompt, place, share=asked.get("share")))
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, prompt, place, form, status=422)
    try:
        return _done(request, prompt, _step(request, prompt, place, form))
    except NotPossible as refusal:
        require(can_step(live_release(prompt, place), place))
        again = _fresh(prompt, place, reason=form.cleaned_data["reason"])
        return _page(request, prompt, place, again, refusal=refusal, status=refusal.status)


def _step(request: HttpRequest, prompt: Prompt, place: Environment, form: StepForm) -> Release:
    return actions.step_rollout(
        prompt,
        environment=place,
        share=form.cleaned_data["share"],
        expects=form.cleaned_data["expects"],
        reason=form.cleaned_data["reason"],
        actor=person_of(request),
    )


def _done(request: HttpRequest, prompt: Prompt, release: Release) -> HttpResponse:
    words = _("%(version)s gets all the traffic in %(place)s.")
    rollout = rollout_of(release)
    if rollout:
        words = _("%(version)s gets %(share)s %% of the traffic in %(place)s.")
    found = {"version": release.version, "place": release.environment}
    messages.success(request, words % (found | {"share": rollout.share if rollout else WHOLE}))
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[prompt.path]))


def _fresh(
    prompt: Prompt, place: Environment, *, share: str | None = None, **typed: Any
) -> StepForm:
    """The next preset is proposed, or the share that the address names."""
    rollout = rollout_of(live_release(prompt, place))
    following = rollout.next_shares[0] if rollout and rollout.next_shares else WHOLE
    seen = {"environment": place.name, "expects": rollout.release.pk if rollout else ""}
    return StepForm(initial={"share": whole(share, WHOLE) or following} | seen | typed)


def _page(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    form: StepForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    rollout = rollout_of(live_release(prompt, place))
    require(can_step(rollout.release if rollout else None, place))
    assert rollout is not None
    rollout.release.version.prompt = prompt
    found = step_gates(rollout.release.version, place)
    context = {
        "prompt": prompt,
        "place": place,
        "rollout": rollout,
        "version": rollout.release.version,
        "form": form,
        "gates": found,
        "ready": all_open(found),
        "presets": PRESETS,
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/step_form.html#panel", context)
    return render(request, "releases/step_form.html", context, status=status)

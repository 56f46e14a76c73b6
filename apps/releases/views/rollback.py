from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.forms import RollBackForm
from apps.releases.gates import Gate, roll_back_gates
from apps.releases.permissions import can_roll_back
from apps.releases.queries import Target, rollback_targets

FIRST = "production"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def roll_back(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production[&version=12]`: why, and the button. Three acts in all."""
    prompt = prompt_for(person_of(request), path)
    asked = request.POST if request.method == "POST" else request.GET
    place = environment_for(asked.get("environment") or FIRST)
    targets = rollback_targets(prompt, place)
    if request.method != "POST":
        require(can_roll_back(person_of(request), prompt, place))
        return _page(request, prompt, place, _fresh(prompt, place, targets, asked.get("version")))
    form = RollBackForm(request.POST, targets=targets)
    if not form.is_valid():
        require(can_roll_back(person_of(request), prompt, place))
        return _page(request, prompt, place, form, status=422)
    try:
        return _back(request, prompt, place, form)
    except Invalid as error:
        form.take(error)
        return _page(request, prompt, place, form, status=422)
    except NotPossible as refusal:
        again = _fresh(
            prompt, place, rollback_targets(prompt, place), None, form.cleaned_data["reason"]
        )
        return _page(request, prompt, place, again, refusal=refusal, status=refusal.status)


def _fresh(
    prompt: Prompt,
    place: Environment,
    targets: list[Target],
    version: str | None,
    reason: str = "",
) -> RollBackForm:
    live = live_release(prompt, place)
    initial = {
        "environment": place.name,
        "expects": live.pk if live else "",
        "version": version or (targets[0].version.number if targets else ""),
        "reason": reason,
    }
    return RollBackForm(initial=initial, targets=targets)


def _back(
    request: HttpRequest, prompt: Prompt, place: Environment, form: RollBackForm
) -> HttpResponse:
    release = actions.roll_back(
        prompt,
        environment=place,
        version=version_of(prompt, form.cleaned_data["version"]),
        expects=form.cleaned_data["expects"],
        reason=form.cleaned_data["reason"],
        actor=person_of(request),
    )
    words = _("%(place)s is back to %(version)s.")
    messages.success(request, words % {"place": place, "version": release.version})
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[prompt.path]))


def _page(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    form: RollBackForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "prompt": prompt,
        "place": place,
        "live": live_release(prompt, place),
        "form": form,
        "gates": _gates(prompt, place, form),
        "ask": _ask(prompt, place, form),
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/rollback_form.html#panel", context)
    return render(request, "releases/rollback_form.html", context, status=status)


def _gates(prompt: Prompt, place: Environment, form: RollBackForm) -> list[Gate]:
    """Of the version that is chosen first; the action asks those of the one that is sent."""
    number = whole(str(form["version"].value() or ""), LARGEST_NUMBER)
    if number is None:
        return []
    version = version_of(prompt, number)
    version.prompt = prompt
    return roll_back_gates(version, place)


def _ask(prompt: Prompt, place: Environment, form: RollBackForm) -> str:
    """Where to ask for the approvals of the chosen version."""
    query = urlencode({"environment": place.name, "version": form["version"].value() or ""})
    return f"{reverse('reviews:request_review', args=[prompt.path])}?{query}"

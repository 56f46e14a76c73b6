from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.origin import origin
from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.prompts.models import Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.forms import FollowUpForm, GlassForm
from apps.releases.gates import gates
from apps.releases.glass_permissions import (
    can_break_glass,
    can_close_follow_up,
    confirmed_recently,
)
from apps.releases.queries.follow_ups import follow_up_for


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def break_glass(request: HttpRequest, path: str) -> HttpResponse:
    """`?version=14&environment=production`: what it means, why, and the button."""
    asked = request.POST if request.method == "POST" else request.GET
    prompt = prompt_for(person_of(request), path)
    place = environment_for(asked.get("environment") or "production")
    version = version_of(prompt, whole(asked.get("version"), LARGEST_NUMBER) or 0)
    version.prompt = prompt
    require(can_break_glass(person_of(request), prompt, place))
    if request.method != "POST":
        return _page(request, version, place, GlassForm(initial=_seen(version, place)))
    form = GlassForm(request.POST)
    if not form.is_valid():
        return _page(request, version, place, form, status=422)
    try:
        return _broken(request, version, place, form)
    except Invalid as error:
        form.take(error)
        return _page(request, version, place, form, status=422)
    except NotPossible as refusal:
        typed = {"reason": form.cleaned_data["reason"]}
        again = GlassForm(initial={**_seen(version, place), **typed})
        return _page(request, version, place, again, refusal, status=refusal.status)


def _seen(version: Version, place: Environment) -> dict[str, Any]:
    live = live_release(version.prompt, place)
    return {
        "version": version.number,
        "environment": place.name,
        "expects": live.pk if live else "",
    }


def _broken(
    request: HttpRequest, version: Version, place: Environment, form: GlassForm
) -> HttpResponse:
    actions.break_glass(
        version.prompt,
        version=version,
        environment=place,
        expects=form.cleaned_data["expects"],
        reason=form.cleaned_data["reason"],
        actor=person_of(request),
    )
    words = _("%(version)s is live in %(place)s. Owners and admins are told now.")
    messages.warning(request, words % {"version": version, "place": place})
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[version.prompt.path]))


def _page(
    request: HttpRequest,
    version: Version,
    place: Environment,
    form: GlassForm,
    refusal: NotPossible | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    address = reverse("releases:break_glass", args=[version.prompt.path])
    here = f"{address}?{urlencode({'version': version.number, 'environment': place.name})}"
    context = {
        "prompt": version.prompt, "version": version, "place": place, "form": form,
        "live": live_release(version.prompt, place),
        "closed": [gate for gate in gates(version, place) if not gate.open],
        "confirmed": confirmed_recently(origin()),
        "confirm": f"{reverse('account_reauthenticate')}?{urlencode({'next': here})}",
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[version.prompt.path]),
    }  # fmt: skip
    return render(request, "releases/glass_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody else found when they looked at it."""
    follow_up = follow_up_for(person_of(request), pk)
    require(can_close_follow_up(person_of(request), follow_up))
    form = FollowUpForm(request.POST or None)
    prompt = follow_up.release.prompt
    back = reverse("pages:prompt_releases", args=[prompt.path])
    context = {"follow_up": follow_up, "release": follow_up.release, "prompt": prompt,
               "form": form, "back": back}  # fmt: skip
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "releases/follow_up_form.html", context, status=status)
    actions.close_follow_up(follow_up, words=form.cleaned_data["words"], actor=person_of(request))
    messages.success(request, _("Closed. It stays in the history of the prompt."))
    return HttpResponseRedirect(back)

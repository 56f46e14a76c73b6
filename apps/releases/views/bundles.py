from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_ID, LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.environments.queries import environment_for, environments
from apps.prompts.queries import version_of, visible_prompts
from apps.releases import actions
from apps.releases.forms import BundleForm
from apps.releases.together import bundles_seen, candidates


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release_together(request: HttpRequest) -> HttpResponse:
    """`?environment=production`: what could go live together, every gate of each, one button."""
    asked = request.POST if request.method == "POST" else request.GET
    place = environment_for(asked.get("environment") or "production")
    chosen = asked.getlist("item")
    if request.method != "POST":
        form = BundleForm(initial={"environment": place.name})
        return _page(request, place, chosen, form)
    form = BundleForm(request.POST)
    if not form.is_valid():
        return _page(request, place, chosen, form, status=422)
    try:
        return _together(request, place, chosen, form)
    except Invalid as error:
        form.take(error)
        return _page(request, place, chosen, form, status=422)
    except NotPossible as refusal:
        return _page(request, place, chosen, form, refusal, status=refusal.status)


def _together(
    request: HttpRequest, place: Environment, chosen: list[str], form: BundleForm
) -> HttpResponse:
    bundle = actions.release_bundle(
        place,
        items=[_wanted(request, value) for value in dict.fromkeys(chosen)],
        reason=form.cleaned_data["reason"],
        acknowledged=form.cleaned_data["acknowledged"],
        actor=person_of(request),
    )
    count = bundle.items.count()
    words = ngettext(
        "%(n)s prompt is live in %(place)s.",
        "%(n)s prompts are live in %(place)s, all in the same moment.",
        count,
    )
    messages.success(request, words % {"n": count, "place": place})
    return HttpResponseRedirect(reverse("pages:board"))


def _wanted(request: HttpRequest, value: str) -> actions.Wanted:
    """What a box says; 404 for a prompt that one may not see."""
    prompt_id, _colon, rest = value.partition(":")
    number, _colon, expects = rest.partition(":")
    rows = visible_prompts(person_of(request)).select_related("namespace")
    prompt = rows.filter(pk=whole(prompt_id, LARGEST_ID) or 0).first()
    if prompt is None:
        require(not_visible())
    assert prompt is not None
    version = version_of(prompt, whole(number, LARGEST_NUMBER) or 0)
    version.prompt = prompt
    return actions.Wanted(version, whole(expects, LARGEST_ID))


def _page(
    request: HttpRequest,
    place: Environment,
    chosen: list[str],
    form: BundleForm,
    refusal: NotPossible | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    found = candidates(person_of(request), place)
    picked = {value.rpartition(":")[0] for value in chosen}
    context: dict[str, Any] = {
        "place": place,
        "places": [one for one in environments() if one.pk != place.pk],
        "candidates": found,
        "chosen": [one.value for one in found if one.value.rpartition(":")[0] in picked],
        "acknowledge": any(one.acknowledge for one in found),
        "form": form,
        "refusal": refusal.verdict if refusal else None,
        "earlier": bundles_seen(person_of(request)),
    }
    return render(request, "releases/bundle_form.html", context, status=status)

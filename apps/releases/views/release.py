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
from apps.core.errors import Invalid, NotPossible, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.environments.models import Environment, Release
from apps.environments.queries import environment_for, environments, live_release
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.forms import FIRST_SHARE, MAX_REASON, ReleaseForm
from apps.releases.gates import FREEZE, gates
from apps.releases.glass_permissions import can_break_glass
from apps.releases.permissions import (
    all_open,
    can_release_version,
    can_split,
    has_right_there,
)
from apps.releases.queries import PRESETS
from apps.releases.queries.changes import changes_from
from apps.reviews.models import Review
from apps.reviews.permissions import can_request_review
from apps.reviews.queries import current_round, running_review

KEPT = ("reason", "way", "share")  # what was chosen and typed, when it is asked again


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release_version(request: HttpRequest, path: str) -> HttpResponse:
    """`?version=14&environment=production`: every gate in a sentence, and the button. htmx GET:
    the panel. A release that someone overtook comes back with what is live now (409)."""
    prompt = prompt_for(person_of(request), path)
    if request.method != "POST":
        version, place = _asked(prompt, request.GET.get("version"), request.GET.get("environment"))
        may = has_right_there(person_of(request), prompt, place)
        require(may or can_break_glass(person_of(request), prompt, place) or may)
        return _page(request, version, place, _fresh(version, place))
    form = ReleaseForm(request.POST)
    form.full_clean()
    if {"version", "environment", "expects"} & set(form.errors):  # no form of ours sends that
        raise Invalid({name: [str(text) for text in texts] for name, texts in form.errors.items()})
    version, place = _asked(
        prompt, str(form.cleaned_data["version"]), form.cleaned_data["environment"]
    )
    if form.errors:
        require(has_right_there(person_of(request), prompt, place))
        return _page(request, version, place, form, status=422)
    try:
        return _done(request, _release(request, version, place, form))
    except NotPossible as refusal:
        again = _fresh(version, place, **{name: form.cleaned_data[name] for name in KEPT})
        return _page(request, version, place, again, refusal, status=refusal.status)


def _asked(prompt: Prompt, number: str | None, place: str | None) -> tuple[Version, Environment]:
    """What the address names; the newest version and the first place without a word."""
    found = environment_for(place) if place else environments()[0]
    asked = whole(number, LARGEST_NUMBER)
    if asked is not None:
        version = version_of(prompt, asked)
    else:
        newest = prompt.versions.first()
        if newest is None or number:
            require(not_visible(_("There is no such version.")))
        assert newest is not None
        version = newest
    version.prompt = prompt
    return version, found


def _fresh(version: Version, place: Environment, **typed: Any) -> ReleaseForm:
    live = live_release(version.prompt, place)
    seen = {"environment": place.name, "expects": live.pk if live else ""}
    begin = {"way": "now", "share": FIRST_SHARE, "reason": version.reason[:MAX_REASON]}
    return ReleaseForm(initial={"version": version.number} | begin | seen | typed)


def _release(
    request: HttpRequest, version: Version, place: Environment, form: ReleaseForm
) -> Release:
    return actions.release_version(
        version.prompt,
        version=version,
        environment=place,
        expects=form.cleaned_data["expects"],
        reason=form.cleaned_data["reason"],
        review=_about(version, place),
        acknowledged=form.cleaned_data["acknowledged"],
        share=form.first_share,
        actor=person_of(request),
    )


def _about(version: Version, place: Environment) -> Review | None:
    """The running review of exactly this version for this environment."""
    review = running_review(version.prompt, place)
    return review if review and current_round(review).version_id == version.pk else None


def _done(request: HttpRequest, release: Release) -> HttpResponse:
    found = {"version": release.version, "place": release.environment, "share": release.share}
    words = _("%(version)s is live in %(place)s.")
    if release.split:
        words = _("%(version)s gets %(share)s %% of the traffic in %(place)s.")
    messages.success(request, words % found)
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[release.prompt.path]))


def _page(
    request: HttpRequest,
    version: Version,
    place: Environment,
    form: ReleaseForm,
    refusal: NotPossible | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    prompt = version.prompt
    live = live_release(prompt, place)
    found = gates(version, place)
    left = [gate for gate in found if not gate.acknowledge]
    ready = can_release_version(person_of(request), version, place)
    context = {
        "prompt": prompt,
        "version": version,
        "place": place,
        "live": live,
        "changes": changes_from(live, version),
        "gates": found,
        "acknowledge": len(left) < len(found),
        "ready": ready and all_open(left),
        "possible": ready,
        "frozen_only": not all_open(left) and all_open([g for g in left if g.code != FREEZE]),
        "glass": not all_open(left) and can_break_glass(person_of(request), prompt, place),
        "presets": PRESETS,
        "by_steps": can_split(prompt, place, FIRST_SHARE),
        "under_review": _about(version, place) is not None,
        "may_ask": can_request_review(person_of(request), prompt),
        "form": form,
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/release_form.html#panel", context)
    return render(request, "releases/release_form.html", context, status=status)

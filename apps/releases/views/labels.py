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
from apps.environments.models import Environment, Label
from apps.environments.queries import environment_for
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import prompt_for, version_of
from apps.releases import actions
from apps.releases.forms import LabelForm, RemoveLabelForm
from apps.releases.label_gates import label_gates
from apps.releases.label_permissions import is_there
from apps.releases.permissions import has_right_there
from apps.releases.queries.labels import label_of, label_versions

FIRST = "production"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move_label(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production[&name=stable]`: a new label, or where an old one goes."""
    prompt, place, name = _asked(request, path)
    label = label_of(prompt, place, name) if name else None
    versions = label_versions(prompt, place)
    shown: dict[str, Any] = {"versions": versions, "moves": label is not None}
    if request.method != "POST":
        require(has_right_there(person_of(request), prompt, place))
        return _page(request, prompt, place, label, LabelForm(initial=_seen(place, label), **shown))
    form = LabelForm(request.POST, **shown)
    if not form.is_valid():
        require(has_right_there(person_of(request), prompt, place))
        return _page(request, prompt, place, label, form, status=422)
    try:
        return _moved(request, prompt, place, form)
    except Invalid as error:
        form.take(error)
        return _page(request, prompt, place, label, form, status=422)
    except NotPossible as refusal:
        again = {**_seen(place, label, name), "version": form.cleaned_data["version"],
                 "reason": form.cleaned_data["reason"]}  # fmt: skip
        fresh = LabelForm(initial=again, **shown)
        return _page(request, prompt, place, label, fresh, refusal=refusal, status=refusal.status)


def _asked(request: HttpRequest, path: str) -> tuple[Prompt, Environment, str]:
    asked = request.POST if request.method == "POST" else request.GET
    prompt = prompt_for(person_of(request), path)
    place = environment_for(asked.get("environment") or FIRST)
    return prompt, place, (asked.get("name") or "").strip()


def _seen(place: Environment, label: Label | None, name: str = "") -> dict[str, Any]:
    """What the page shows: the form sends it back, so that nobody moves what they did not see."""
    return {
        "environment": place.name,
        "name": label.name if label else name,
        "expects": label.release_id if label else "",
    }


def _moved(
    request: HttpRequest, prompt: Prompt, place: Environment, form: LabelForm
) -> HttpResponse:
    label = actions.move_label(
        prompt,
        environment=place,
        name=form.cleaned_data["name"],
        version=version_of(prompt, form.cleaned_data["version"]),
        expects=form.cleaned_data["expects"],
        reason=form.cleaned_data["reason"],
        acknowledged=form.cleaned_data["acknowledged"],
        actor=person_of(request),
    )
    words = _("“%(name)s” is on %(version)s in %(place)s.")
    said = words % {"name": label, "version": label.release.version, "place": place}
    messages.success(request, said)
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[prompt.path]))


def _page(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    label: Label | None,
    form: LabelForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    version = _chosen(prompt, form)
    found = label_gates(version, place) if version else []
    context = {
        "prompt": prompt, "place": place, "label": label, "form": form, "gates": found,
        "version": version, "acknowledge": any(gate.acknowledge for gate in found),
        "nothing": not form.fields["version"].choices,
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }  # fmt: skip
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/label_form.html#panel", context)
    return render(request, "releases/label_form.html", context, status=status)


def _chosen(prompt: Prompt, form: LabelForm) -> Version | None:
    """What the select shows: the choice that was made, else the first."""
    choices = form.fields["version"].choices
    number = whole(str(form["version"].value() or ""), LARGEST_NUMBER)
    known = [value for value, _words in choices]
    number = number if number in known else (known[0] if known else None)
    return version_of(prompt, number) if number else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_label(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment=production&name=stable`: why, and the button."""
    prompt, place, name = _asked(request, path)
    label = label_of(prompt, place, name)
    if request.method != "POST":
        require(has_right_there(person_of(request), prompt, place))
        require(is_there(label, name, place))
        form = RemoveLabelForm(initial=_seen(place, label))
        return _removal(request, prompt, place, name, form)
    form = RemoveLabelForm(request.POST)
    if not form.is_valid():
        require(has_right_there(person_of(request), prompt, place))
        return _removal(request, prompt, place, name, form, status=422)
    asked = {key: form.cleaned_data[key] for key in ("name", "expects", "reason")}
    try:
        actions.remove_label(prompt, environment=place, **asked, actor=person_of(request))
    except NotPossible as refusal:
        fresh = RemoveLabelForm(initial={**_seen(place, label, name), "reason": asked["reason"]})
        return _removal(request, prompt, place, name, fresh, refusal, status=409)
    messages.success(request, _("The label “%(name)s” is removed.") % {"name": name})
    return HttpResponseRedirect(reverse("pages:prompt_releases", args=[prompt.path]))


def _removal(
    request: HttpRequest,
    prompt: Prompt,
    place: Environment,
    name: str,
    form: RemoveLabelForm,
    refusal: NotPossible | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "prompt": prompt, "place": place, "label": name, "form": form,
        "refusal": refusal.verdict if refusal else None,
        "back": reverse("pages:prompt_releases", args=[prompt.path]),
    }  # fmt: skip
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]  # by middleware
        return render(request, "releases/label_remove.html#panel", context)
    return render(request, "releases/label_remove.html", context, status=status)

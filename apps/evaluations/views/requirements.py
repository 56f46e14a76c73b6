"""Which suites a release asks for: asked for, taken away, confirmed by a second person."""

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
from apps.environments.queries import environment_for
from apps.evaluations import actions
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.permissions import (
    can_add_requirement,
    can_ask_removal,
    can_confirm_removal,
    can_keep_requirement,
    can_see_requirement,
)
from apps.evaluations.queries import requirement_for, requirement_words, suites_for_namespace
from apps.evaluations.requirement_forms import RemovalForm, RequirementForm
from apps.teams.models import Namespace
from apps.teams.queries import namespace_for

ANSWERS = {
    "ask": actions.ask_removal,
    "confirm": actions.confirm_removal,
    "keep": actions.keep_requirement,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_requirement(request: HttpRequest, name: str) -> HttpResponse:
    """A suite that releases into an environment ask for, in the namespace of `?namespace=`."""
    person, place = person_of(request), environment_for(name)
    asked = request.POST if request.method == "POST" else request.GET
    namespace = namespace_for(person, asked.get("namespace", ""))
    require(can_add_requirement(person, namespace))
    suites, status = suites_for_namespace(namespace, person), 200
    form = RequirementForm(request.POST or None, suites=suites)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.add_requirement(
                    place,
                    namespace=namespace,
                    suite=form.cleaned_data["suite"],
                    condition=form.cleaned_data["condition"],
                    share=form.share(),
                    reason=form.cleaned_data["reason"],
                    actor=person,
                )
                return _done(request, namespace, _("Releases ask for it from now on."))
            except (Invalid, NotPossible) as error:
                status = _take(form, error)
    context = {"form": form, "environment": place, "namespace": namespace, "suites": suites}
    return render(request, "evaluations/requirement_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def requirement(request: HttpRequest, pk: int) -> HttpResponse:
    """One suite that a place asks for: taken away with a reason, confirmed, or kept."""
    person = person_of(request)
    found = requirement_for(person, pk)
    require(can_see_requirement(person, found))
    form, status = RemovalForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer = ANSWERS[form.cleaned_data["outcome"]]
            try:
                kept = answer(found, reason=form.cleaned_data["reason"], actor=person)
                return _done(request, kept.namespace, _said(kept))
            except (Invalid, NotPossible) as error:
                status = _take(form, error)
    context = {
        "requirement": found,
        "words": requirement_words(found),
        "form": form,
        "may_ask": bool(can_ask_removal(person, found)),
        "confirm": can_confirm_removal(person, found),
        "may_keep": bool(can_keep_requirement(person, found)),
    }
    return render(request, "evaluations/requirement_remove.html", context, status=status)


def _said(requirement: SuiteRequirement) -> str:
    return {
        "active": _("Releases go on asking for it."),
        "leaving": _("It holds until a second person agrees."),
        "removed": _("Releases do not ask for it any more."),
    }[requirement.state]


def _take(form: RequirementForm | RemovalForm, error: Invalid | NotPossible) -> int:
    if isinstance(error, Invalid):
        form.take(error)
        return 422
    form.add_error(None, error.verdict.sentence)
    return 409


def _done(request: HttpRequest, namespace: Namespace, said: str) -> HttpResponse:
    messages.success(request, said)
    address = f"{reverse('pages:admin_rules')}?{urlencode({'in': namespace.path})}"
    return HttpResponseRedirect(address)

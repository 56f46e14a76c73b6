from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible, require
from apps.core.forms import GalleyForm, ReasonForm
from apps.core.navigation import back
from apps.environments import actions
from apps.environments.forms import OverrideForm, RuleForm, initial_of
from apps.environments.models import Environment, Rule
from apps.environments.permissions import can_change_rule, can_override_rule, can_remove_rule
from apps.environments.queries import (
    environment_for,
    rule_above,
    rule_for,
    rule_of,
    rule_sentence,
    without_own_rule,
)
from apps.teams.queries import namespace_for, visible_namespaces


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of one rule."""
    rule = rule_of(person_of(request), pk)
    if request.method != "POST":
        require(can_change_rule(person_of(request), rule))
        return _page(request, rule.environment, rule, RuleForm(initial=initial_of(rule)))
    form = RuleForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.change_rule(
                rule,
                terms=form.terms(),
                reason=form.cleaned_data["reason"],
                actor=person_of(request),
            )
            return _done(request, rule_of(person_of(request), pk))
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    require(can_change_rule(person_of(request), rule))
    return _page(request, rule.environment, rule, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_rule(request: HttpRequest, name: str) -> HttpResponse:
    """A namespace's own rule (`?namespace=path` chooses it); it begins as the one above."""
    place = environment_for(name)
    asked = request.POST if request.method == "POST" else request.GET
    namespace = namespace_for(person_of(request), asked.get("namespace", ""))
    above, free = rule_for(place, namespace), without_own_rule(person_of(request), place)
    if request.method != "POST":
        require(can_override_rule(person_of(request), namespace))
        initial = initial_of(above) | {"namespace": namespace.path}
        return _page(request, place, above, OverrideForm(initial=initial, namespaces=free))
    form = OverrideForm(request.POST, namespaces=visible_namespaces(person_of(request)))
    status = 422
    if form.is_valid():
        try:
            rule = actions.override_rule(
                place,
                namespace=form.cleaned_data["namespace"],
                terms=form.terms(),
                reason=form.cleaned_data["reason"],
                actor=person_of(request),
            )
            return _done(request, rule)
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    require(can_override_rule(person_of(request), namespace))
    return _page(request, place, above, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a namespace goes back to the rule above it, and what that one says."""
    person = person_of(request)
    rule = rule_of(person, pk)
    require(can_remove_rule(person, rule))
    form = ReasonForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            return _done(request, actions.remove_rule(rule, reason=reason, actor=person))
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    context = {"rule": rule, "above": rule_above(rule), "form": form}
    context |= {"now": rule_sentence(rule), "then": rule_sentence(context["above"])}
    return render(request, "environments/rule_remove.html", context, status=status)


def _take(form: GalleyForm, error: Invalid | NotPossible) -> int:
    form.take(error if isinstance(error, Invalid) else Invalid(error.verdict.sentence))
    return error.status


def _done(request: HttpRequest, rule: Rule) -> HttpResponse:
    messages.success(request, _("The rule is now: %(rule)s") % {"rule": rule_sentence(rule)})
    return back(request, reverse("pages:admin"))


def _page(
    request: HttpRequest, place: Environment, rule: Rule, form: RuleForm, status: int = 200
) -> HttpResponse:
    context = {
        "place": place,
        "rule": rule,
        "form": form,
        "own": isinstance(form, OverrideForm),
        "sentence": rule_sentence(rule),
    }
    return render(request, "environments/rule_form.html", context, status=status)

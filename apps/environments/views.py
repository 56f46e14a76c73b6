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
from apps.core.forms import GalleyForm, ReasonForm
from apps.core.navigation import back
from apps.environments import actions
from apps.environments.change_queries import change_for, change_row
from apps.environments.forms import DecideChangeForm, OverrideForm, RuleForm, initial_of
from apps.environments.models import Rule, RuleChange
from apps.environments.permissions import (
    can_change_rule,
    can_decide_change,
    can_override_rule,
    can_remove_rule,
    can_see_change,
    can_set_now,
    can_withdraw_change,
)
from apps.environments.queries import (
    above_words,
    environment_for,
    rule_above,
    rule_for,
    rule_of,
    rule_sentence,
    terms_of,
    without_own_rule,
)
from apps.environments.rules import Terms, replaced
from apps.environments.states import ChangeKind, ChangeState
from apps.teams.models import Namespace
from apps.teams.queries import namespace_for, visible_namespaces


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """The terms of one rule. Looser ones of a protected environment wait for a second person."""
    person = person_of(request)
    rule = rule_of(person, pk)
    if request.method != "POST":
        require(can_change_rule(person, rule))
        form = RuleForm(initial=initial_of(rule), rule=rule)
        return _page(request, rule, rule.namespace, form)
    form = RuleForm(request.POST, rule=rule)
    status = 422
    if form.is_valid():
        terms, reason = form.terms(), form.cleaned_data["reason"]
        try:
            if not can_set_now(rule, terms_of(rule), terms):
                return _propose(request, rule, rule.namespace, ChangeKind.CHANGE, terms, reason)
            actions.change_rule(rule, terms=terms, reason=reason, actor=person)
            return _done(request, rule_of(person, pk), rule.namespace)
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    require(can_change_rule(person, rule))
    return _page(request, rule, rule.namespace, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def override_rule(request: HttpRequest, name: str) -> HttpResponse:
    """A namespace's own rule (`?namespace=path` chooses it); it begins as the one above."""
    person, place = person_of(request), environment_for(name)
    asked = request.POST if request.method == "POST" else request.GET
    namespace = namespace_for(person, asked.get("namespace", ""))
    above, free = rule_for(place, namespace), without_own_rule(person, place)
    if request.method != "POST":
        require(can_override_rule(person, namespace))
        initial = initial_of(above) | {"namespace": namespace.path}
        form = OverrideForm(initial=initial, namespaces=free)
        return _page(request, above, namespace, form)
    form = OverrideForm(request.POST, namespaces=visible_namespaces(person))
    status = 422
    if form.is_valid():
        terms, reason = form.terms(), form.cleaned_data["reason"]
        namespace = form.cleaned_data["namespace"]
        above = rule_for(place, namespace)
        try:
            if not can_set_now(above, replaced(terms_of(above)), terms):
                return _propose(request, above, namespace, ChangeKind.OVERRIDE, terms, reason)
            rule = actions.override_rule(
                place, namespace=namespace, terms=terms, reason=reason, actor=person
            )
            return _done(request, rule, namespace)
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    require(can_override_rule(person, namespace))
    return _page(request, above, namespace, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a namespace goes back to the rule above it, and what that one says."""
    person = person_of(request)
    rule = rule_of(person, pk)
    require(can_remove_rule(person, rule))
    form = ReasonForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    above = rule_above(rule)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if not can_set_now(rule, terms_of(rule), terms_of(above)):
                return _propose(request, rule, rule.namespace, ChangeKind.REMOVE, None, reason)
            held = actions.remove_rule(rule, reason=reason, actor=person)
            return _done(request, held, rule.namespace)
        except (Invalid, NotPossible) as error:
            status = _take(form, error)
    context = {"rule": rule, "above": above, "form": form, "back": _rules_in(rule.namespace)}
    context |= {"now": rule_sentence(rule), "then": rule_sentence(above)}
    return render(request, "environments/rule_remove.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A looser rule that waits: what holds now, what would, and the answers to it."""
    person = person_of(request)
    change = change_for(person, pk)
    require(can_see_change(person, change))
    form, status = DecideChangeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                decided = ANSWERS[form.cleaned_data["outcome"]](
                    change, reason=form.cleaned_data["reason"], actor=person
                )
                return _decided(request, decided)
            except (Invalid, NotPossible) as error:
                status = _take(form, error)
    context = {
        "row": change_row(change),
        "form": form,
        "may_decide": bool(can_decide_change(person, change)),
        "may_withdraw": bool(can_withdraw_change(person, change)),
    }
    return render(request, "environments/rule_change.html", context, status=status)


ANSWERS = {
    "approve": actions.approve_change,
    "refuse": actions.refuse_change,
    "withdraw": actions.withdraw_change,
}


def _propose(
    request: HttpRequest,
    rule: Rule,
    namespace: Namespace,
    kind: ChangeKind,
    terms: Terms | None,
    reason: str,
) -> HttpResponse:
    change = actions.propose_change(
        rule.environment, namespace=namespace, kind=kind, terms=terms, reason=reason,
        actor=person_of(request),
    )  # fmt: skip
    messages.info(request, _("This loosens the rule, so it waits for a second person."))
    return HttpResponseRedirect(reverse("environments:rule_change", args=[change.pk]))


def _decided(request: HttpRequest, change: RuleChange) -> HttpResponse:
    words = {
        ChangeState.APPROVED: _("The rule is now: %(rule)s"),
        ChangeState.REFUSED: _("Refused. The rule stays: %(rule)s"),
        ChangeState.WITHDRAWN: _("Withdrawn. The rule stays: %(rule)s"),
    }[ChangeState(change.state)]
    rule = rule_for(change.environment, change.namespace)
    messages.success(request, words % {"rule": rule_sentence(rule)})
    return HttpResponseRedirect(_rules_in(change.namespace))


def _take(form: GalleyForm, error: Invalid | NotPossible) -> int:
    form.take(error if isinstance(error, Invalid) else Invalid(error.verdict.sentence))
    return error.status


def _done(request: HttpRequest, rule: Rule, namespace: Namespace) -> HttpResponse:
    messages.success(request, _("The rule is now: %(rule)s") % {"rule": rule_sentence(rule)})
    return back(request, _rules_in(namespace))


def _rules_in(namespace: Namespace) -> str:
    return f"{reverse('pages:admin_rules')}?{urlencode({'in': namespace.path})}"


def _page(
    request: HttpRequest, rule: Rule, namespace: Namespace, form: RuleForm, status: int = 200
) -> HttpResponse:
    context = {
        "place": rule.environment,
        "rule": rule,
        "back": _rules_in(namespace),
        "form": form,
        "own": isinstance(form, OverrideForm),
        "sentence": rule_sentence(rule),
        "above": above_words(rule),
    }
    return render(request, "environments/rule_form.html", context, status=status)

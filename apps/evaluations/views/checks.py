"""The checks of a suite: chosen by their kind, set, ordered, removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, require
from apps.core.verdicts import not_visible
from apps.evaluations import actions
from apps.evaluations.check_forms import CheckForm, check_initial
from apps.evaluations.checks import KINDS, Kind
from apps.evaluations.models import Suite
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.queries import check_for, suite_for


def _to_checks(suite: Suite) -> str:
    return f"{reverse('evaluations:suite', args=[suite.pk])}#checks"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The kinds to choose from; with `?kind=` the form of one."""
    suite = suite_for(request.user, pk)
    code = request.POST.get("kind", "") or request.GET.get("kind", "")
    if not code and request.method != "POST":
        groups: dict[str, list[Kind]] = {}
        for known in KINDS.values():
            groups.setdefault(known.group, []).append(known)
        return render(request, "evaluations/kinds.html", {"suite": suite, "groups": groups})
    kind = _kind(code)
    bound = request.POST if request.method == "POST" else None
    form = CheckForm(bound, kind=kind, initial=check_initial(kind, {}))
    try:
        if form.is_valid():
            settings = form.settings()
            actions.add_check(
                suite, kind=code, settings=settings, weight=form.cleaned_data["weight"],
                required=form.cleaned_data["required"], actor=request.user,
            )  # fmt: skip
            messages.success(request, _("Added: %(words)s") % {"words": kind.sentence(settings)})
            return redirect(_to_checks(suite))
    except Invalid as error:
        form.take(error)
    return _form(request, suite, form, {"adding": True})


def _kind(code: str) -> Kind:
    if code not in KINDS:
        require(not_visible())
    return KINDS[code]


def _form(
    request: HttpRequest, suite: Suite, form: CheckForm, more: dict[str, Any]
) -> HttpResponse:
    may = can_change_suite(request.user, suite)  # type: ignore[arg-type]
    context = {"suite": suite, "form": form, "kind": form.kind, "may_change": may, **more}
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/check_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    found = check_for(request.user, pk)
    kind = _kind(found.kind)
    first = check_initial(kind, found.settings)
    first |= {"weight": found.weight, "required": found.required}
    bound = request.POST if request.method == "POST" else None
    form = CheckForm(bound, kind=kind, initial=first)
    try:
        if form.is_valid():
            actions.change_check(
                found, settings=form.settings(), weight=form.cleaned_data["weight"],
                required=form.cleaned_data["required"], enabled=found.enabled,
                actor=request.user,
            )  # fmt: skip
            messages.success(request, _("The check is saved"))
            return redirect(_to_checks(found.suite))
    except Invalid as error:
        form.take(error)
    return _form(request, found.suite, form, {"check": found})


@require_POST
@login_required
def switch_check(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off: what is off does not judge."""
    found = check_for(request.user, pk)
    actions.change_check(
        found, settings=found.settings, weight=found.weight, required=found.required,
        enabled=request.POST.get("enabled") == "1", actor=request.user,
    )  # fmt: skip
    return redirect(_to_checks(found.suite))


@require_POST
@login_required
def move_check(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up, or down with `way=down`."""
    found = check_for(request.user, pk)
    keys = list(found.suite.checks.order_by("position", "pk").values_list("key", flat=True))
    at = keys.index(found.key)
    to = at + 1 if request.POST.get("way") == "down" else at - 1
    keys.insert(max(0, to), keys.pop(at))
    actions.order_checks(found.suite, keys=keys, actor=request.user)
    return redirect(_to_checks(found.suite))


@require_POST
@login_required
def remove_check(request: HttpRequest, pk: int) -> HttpResponse:
    found = check_for(request.user, pk)
    actions.remove_check(found, actor=request.user)
    messages.success(request, _("The check is removed"))
    return redirect(_to_checks(found.suite))

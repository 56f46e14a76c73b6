"""The list of suites, the page of one, and what becomes of a whole suite."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid
from apps.core.forms import ReasonForm
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.evaluations import actions
from apps.evaluations.checks import KINDS
from apps.evaluations.forms import CaseForm, NewSuiteForm, SuiteForm, shown
from apps.evaluations.models import Case, Check, Suite
from apps.evaluations.permissions import can_change_suite, can_restore_suite, can_upload_sheet
from apps.evaluations.queries import (
    home_of_suites,
    listed_cases,
    prompts_served,
    suite_for,
    visible_suites,
    with_counts,
)
from apps.evaluations.queries.prompt_variables import values_of_a_sample
from apps.evaluations.queries.suite_rows import run_rows, suite_rows
from apps.evaluations.states import SuiteState
from apps.evaluations.template_cases import difficult_cases, main_variable
from apps.evaluations.views.schedules import schedule_context
from apps.prompts.queries import prompt_for
from apps.prompts.queries.documents import draft_document
from apps.prompts.queries.prompts import draft_of

MOST = 200


@require_safe
@login_required
def suites(request: HttpRequest) -> HttpResponse:
    """Those in use that one may see; `?archived=1` shows the others."""
    archived = request.GET.get("archived") == "1"
    state = SuiteState.ARCHIVED if archived else SuiteState.ACTIVE
    rows = with_counts(visible_suites(request.user).filter(state=state))
    found = list(rows.order_by("-changed_at")[:MOST])
    context = {
        "suites": suite_rows(found, request.user),
        "archived": archived,
        "may_make": can_upload_sheet(person_of(request)),
    }
    return render(request, "evaluations/suites.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_suite(request: HttpRequest) -> HttpResponse:
    """`?prompt=` gives the namespace and the variables of a prompt."""
    person = person_of(request)
    if request.method != "POST":
        form = NewSuiteForm(actor=person, initial=_first(request))
        return render(request, "evaluations/suite_new.html", {"form": form})
    form = NewSuiteForm(request.POST, actor=person)
    try:
        if form.is_valid():
            made = actions.make_suite(**form.cleaned_data, actor=person)
            messages.success(request, _("The suite “%(name)s” is made") % {"name": made})
            return redirect("evaluations:suite", made.pk)
    except Invalid as error:
        form.take(error)
    return render(request, "evaluations/suite_new.html", {"form": form}, status=422)


def _first(request: HttpRequest) -> dict[str, Any]:
    path = request.GET.get("prompt", "")
    if path:
        prompt = prompt_for(request.user, path)
        names = [part["name"] for part in draft_document(draft_of(prompt))["variables"]]
        first = {"namespace": prompt.namespace.path, "variables": ", ".join(names)}
        return first | {"name": _("%(prompt)s basics") % {"prompt": prompt.name}}
    place = home_of_suites(request.user)
    return {"namespace": place.path if place else ""}


@require_safe
@login_required
def suite(request: HttpRequest, pk: int) -> HttpResponse:
    """Its checks in words and its cases, 100 on a page; `?q=` and `?tag=` narrow them."""
    return suite_page(request, suite_for(request.user, pk))


def suite_page(
    request: HttpRequest, found: Suite, form: CaseForm | None = None, status: int = 200
) -> HttpResponse:
    cases = listed_cases(
        found,
        words=request.GET.get("q", "").replace("\0", "")[:200],
        tag=request.GET.get("tag", "").replace("\0", "")[:40],
        page=whole(request.GET.get("page"), LARGEST_NUMBER) or 1,
    )
    person = person_of(request)
    context = {
        "suite": found,
        "cases": cases,
        "rows": [_row(found, case) for case in cases.page],
        "checks": [told(check) for check in found.checks.order_by("position", "pk")],
        "runs": run_rows(found, person),
        "served": prompts_served([found], person)[found.pk],
        "may_change": can_change_suite(person, found),
        "may_restore": can_restore_suite(person, found),
        "form": form or CaseForm(suite=found),
        "adding": form is not None,
        **schedule_context(found, person),
    }
    return render(request, "evaluations/suite.html", context, status=status)


def _row(suite: Suite, case: Case) -> dict[str, Any]:
    """A case as the grid shows it: a cell for each variable, what is expected, and tags."""
    cells = [
        {"field": f"value-{name}", "label": name, "now": shown(case.values.get(name, ""))}
        for name in suite.variables
    ]
    cells.append({"field": "expected", "label": _("Expected"), "now": case.expected})
    cells.append({"field": "tags", "label": _("Tags"), "now": ", ".join(case.tags)})
    return {"case": case, "cells": cells}


def told(check: Check) -> dict[str, Any]:
    """A check in words."""
    kind = KINDS.get(check.kind)
    if kind is None:
        return {"check": check, "sentence": check.kind, "kind": check.kind}
    return {"check": check, "sentence": kind.sentence(check.settings), "kind": kind.label}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_suite(request: HttpRequest, pk: int) -> HttpResponse:
    found = suite_for(request.user, pk)
    percent = None if found.threshold is None else round(found.threshold * 100, 2)
    first = {"name": found.name, "purpose": found.purpose, "threshold": percent}
    form = SuiteForm(request.POST if request.method == "POST" else None, initial=first)
    try:
        if form.is_valid():
            actions.change_suite(found, **form.cleaned_data, actor=request.user)
            messages.success(request, _("“%(name)s” is saved") % {"name": found})
            return redirect("evaluations:suite", pk)
    except Invalid as error:
        form.take(error)
    status = 422 if form.is_bound else 200
    context = {"suite": found, "form": form, "may_change": can_change_suite(request.user, found)}  # type: ignore[arg-type]
    return render(request, "evaluations/suite_change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def archive_suite(request: HttpRequest, pk: int) -> HttpResponse:
    found = suite_for(request.user, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.archive_suite(found, **form.cleaned_data, actor=request.user)
        messages.success(request, _("“%(name)s” is archived") % {"name": found})
        return redirect("evaluations:suite", pk)
    context = {"suite": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/suite_archive.html", context, status=status)


@require_POST
@login_required
def restore_suite(request: HttpRequest, pk: int) -> HttpResponse:
    found = suite_for(request.user, pk)
    actions.restore_suite(found, actor=request.user)
    messages.success(request, _("“%(name)s” can be run again") % {"name": found})
    return redirect("evaluations:suite", pk)


@require_POST
@login_required
def add_difficult_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """What goes wrong most often, as cases to begin with; what else a prompt needs is taken from
    one of its samples, so that they can be run."""
    found = suite_for(request.user, pk)
    text = main_variable(found.variables)
    others = values_of_a_sample(found.namespace, text, request.user)
    cases = difficult_cases(text, others)
    brought = actions.import_cases(found, cases=cases, source="hand", actor=request.user)
    sentence = _("%(n)s cases are added. Change their words to fit your customers.")
    messages.success(request, sentence % {"n": brought})
    return redirect("evaluations:suite", pk)

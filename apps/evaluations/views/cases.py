"""One case: added, changed whole or a cell at a time, moved, switched off, removed."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.evaluations import actions
from apps.evaluations.forms import CaseForm, case_initial, shown, tags_of_line
from apps.evaluations.models import Case, Suite
from apps.evaluations.new_case import NewCase
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.queries import case_for, suite_for
from apps.evaluations.views.suites import suite_page

VALUE = "value-"


def _to_suite(suite: Suite, anchor: str = "cases") -> str:
    return f"{reverse('evaluations:suite', args=[suite.pk])}#{anchor}"


@require_POST
@login_required
def add_case(request: HttpRequest, pk: int) -> HttpResponse:
    suite = suite_for(request.user, pk)
    form = CaseForm(request.POST, suite=suite)
    try:
        if form.is_valid():
            case = actions.add_case(suite, case=NewCase(**form.changes()), actor=request.user)
            messages.success(request, _("The case is added"))
            return redirect(_to_suite(suite, f"case-{case.pk}"))
    except Invalid as error:
        form.take(error)
    return suite_page(request, suite, form, 422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole case as a form."""
    found = case_for(request.user, pk)
    bound = request.POST if request.method == "POST" else None
    form = CaseForm(bound, suite=found.suite, initial=case_initial(found))
    try:
        if form.is_valid():
            changes = _merged(found, form.changes())
            actions.change_case(found, changes=changes, actor=request.user)
            messages.success(request, _("The case is saved"))
            return redirect(_to_suite(found.suite, f"case-{found.pk}"))
    except Invalid as error:
        form.take(error)
    context = {
        "case": found,
        "suite": found.suite,
        "form": form,
        "may_change": can_change_suite(request.user, found.suite),  # type: ignore[arg-type]
    }
    return render(request, "evaluations/case.html", context, status=422 if form.is_bound else 200)


def _merged(found: Case, changes: dict[str, Any]) -> dict[str, Any]:
    """A value that is no text (from the playground) stays what it is unless its field changed."""
    typed = changes["values"]
    kept = {n: v for n, v in found.values.items() if n in typed and shown(v) == typed[n]}
    return changes | {"values": {**typed, **kept}}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cell(request: HttpRequest, pk: int) -> HttpResponse:
    """One cell of the grid: `?field=` with `edit=1` is its form; a POST with what was seen
    (`seen`) saves it, unless somebody else saved meanwhile."""
    found = case_for(request.user, pk)
    given = request.POST if request.method == "POST" else request.GET
    field = _field(found, given.get("field", ""))
    context: dict[str, Any] = {"case": found, "field": field, "now": _text(found, field)}
    context["may_change"] = can_change_suite(request.user, found.suite)  # type: ignore[arg-type]
    if request.method != "POST":
        context |= {"edit": given.get("edit") == "1", "typed": context["now"]}
        context["saved"] = given.get("left") == "1"  # the caret comes back to it
        return render(request, "evaluations/_cell.html", context)
    typed = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        saved = _save_cell(request, found, field, typed, context["now"])
    except Invalid as error:
        context |= {"edit": True, "typed": typed, "error": error.sentence}
        return render(request, "evaluations/_cell.html", context, status=422)
    if not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return redirect(_to_suite(found.suite, f"case-{found.pk}"))
    context |= {"case": saved, "now": _text(saved, field), "saved": True}
    return render(request, "evaluations/_cell.html", context)


def _save_cell(request: HttpRequest, found: Case, field: str, typed: str, now: str) -> Case:
    seen = request.POST.get("seen", now).replace("\r\n", "\n")
    if now not in (seen, typed):
        sentence = _("Somebody wrote “%(now)s” here meanwhile. Press Enter to put yours over it.")
        raise Invalid({"": [sentence % {"now": now[:200]}]})
    changes: dict[str, Any]
    if field.startswith(VALUE):
        changes = {"values": {**found.values, field.removeprefix(VALUE): typed}}
    else:
        changes = {field: tags_of_line(typed) if field == "tags" else typed}
    return actions.change_case(found, changes=changes, actor=request.user)


def _field(found: Case, field: str) -> str:
    known = {"name", "expected", "tags", *(f"{VALUE}{name}" for name in found.suite.variables)}
    if field not in known:
        require(not_visible())
    return field


def _text(found: Case, field: str) -> str:
    if field.startswith(VALUE):
        return shown(found.values.get(field.removeprefix(VALUE), ""))
    return ", ".join(found.tags) if field == "tags" else str(getattr(found, field))


@require_POST
@login_required
def switch_case(request: HttpRequest, pk: int) -> HttpResponse:
    """On or off: what is off is not run."""
    found = case_for(request.user, pk)
    enabled = request.POST.get("enabled") == "1"
    actions.change_case(found, changes={"enabled": enabled}, actor=request.user)
    return back(request, _to_suite(found.suite, f"case-{found.pk}"))


@require_POST
@login_required
def move_case(request: HttpRequest, pk: int) -> HttpResponse:
    found = case_for(request.user, pk)
    place = whole(request.POST.get("to"), LARGEST_NUMBER)
    if place is None:
        messages.error(request, _("Give the place as a number, counted from 1."))
    else:
        actions.move_case(found, to=place, actor=request.user)
    return redirect(_to_suite(found.suite, f"case-{found.pk}"))


@require_POST
@login_required
def remove_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that were chosen in the grid."""
    suite = suite_for(request.user, pk)
    keys = [key for text in request.POST.getlist("case") if (key := _key(text))]
    removed = actions.remove_cases(suite, keys=keys, actor=request.user)
    words = ngettext("%(n)s case is removed", "%(n)s cases are removed", removed)
    messages.success(request, words % {"n": removed})
    return redirect(_to_suite(suite))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

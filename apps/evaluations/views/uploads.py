"""A spreadsheet comes in: kept, looked at, imported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.evaluations import actions
from apps.evaluations.judges import choices, fitting_checks
from apps.evaluations.models import SheetUpload, Suite
from apps.evaluations.new_case import NewCase
from apps.evaluations.queries import (
    free_name,
    home_of_suites,
    suite_for,
    upload_for,
    writable_namespaces,
)
from apps.evaluations.queries.prompt_variables import variables_asked_for
from apps.evaluations.sheet_forms import NewSuiteOfSheetForm, mapping_rows, read_mapping
from apps.evaluations.sheets import (
    MAX_BYTES,
    Problem,
    Sheet,
    SheetError,
    cases_of,
    problem_of,
    read,
)
from apps.evaluations.sheets.guessing import VARIABLE

PREVIEWED = 5
LISTED = 100  # problems
SHOWN = 300  # characters of a text


@require_POST
@login_required
def upload_sheet(request: HttpRequest) -> HttpResponse:
    """A file or pasted cells, for a new suite or for `suite`. What cannot be read is said where
    it came from."""
    pk = whole(request.POST.get("suite"))
    suite = suite_for(request.user, pk) if pk else None
    home = reverse("evaluations:suite", args=[pk]) if pk else reverse("evaluations:suites")
    try:
        name, content = _given(request)
        read(name, content)
    except SheetError as error:
        messages.error(request, str(error))
        return back(request, home)
    kept = actions.keep_upload(name=name, content=content, suite=suite, actor=request.user)
    return redirect("evaluations:upload", kept.pk)


def _given(request: HttpRequest) -> tuple[str, bytes]:
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > MAX_BYTES:
            have, most = -(-(file.size or 0) // 1024**2), MAX_BYTES // 1024**2
            words = _("This file has %(have)s MiB; at most %(most)s MiB can be brought in.")
            raise SheetError(words % {"have": have, "most": most})
        return file.name or "", file.read()
    pasted = request.POST.get("pasted", "")
    if not pasted.strip():
        raise SheetError(_("Choose a file, or paste cells with the names of the columns on top."))
    return _("pasted cells"), pasted.encode("utf-8", "replace")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What the columns become, five cases of it, and what cannot be taken. `act=import` does it."""
    kept = upload_for(request.user, pk)
    sheet = read(kept.name, bytes(kept.content))
    if request.method != "POST":
        return _page(request, kept, sheet, {}, None)
    if request.POST.get("act") != "import":
        return _page(request, kept, sheet, request.POST.dict(), None)
    return _import(request, kept, sheet)


def _import(request: HttpRequest, kept: SheetUpload, sheet: Sheet) -> HttpResponse:
    typed = request.POST.dict()
    variables = _variables(request, kept)
    mapping = read_mapping(sheet, variables, typed, more=not _has_variables(kept))
    cases, _problems = cases_of(sheet, mapping)
    form = None if kept.suite else _form(request, kept, cases, typed)
    try:
        if sentence := problem_of(mapping):
            raise Invalid(sentence)
        suite = _take(request, kept, cases, form)
    except Invalid as error:
        if form is None or not form.is_bound:
            messages.error(request, error.sentence)
        else:
            form.take(error)
        return _page(request, kept, sheet, typed, form, 422)
    if suite is None:
        return _page(request, kept, sheet, typed, form, 422)
    actions.drop_upload(kept, actor=request.user)
    words = ngettext("%(n)s case is in “%(suite)s”", "%(n)s cases are in “%(suite)s”", len(cases))
    messages.success(request, words % {"n": f"{len(cases):,}", "suite": suite})
    return redirect("evaluations:suite", suite.pk)


def _take(
    request: HttpRequest, kept: SheetUpload, cases: list[NewCase], form: NewSuiteOfSheetForm | None
) -> Suite | None:
    """The suite that has the cases now; None where the form is not filled in well."""
    if form is None:
        assert kept.suite is not None
        actions.import_cases(kept.suite, cases=cases, actor=request.user)
        return kept.suite
    if not form.is_valid():
        return None
    given = form.cleaned_data
    if not cases:
        raise Invalid(_("No row of it can be a case. Look at what the columns become."))
    checks = [check for check in fitting_checks(cases) if check[0] == given["judge"]]
    return actions.make_suite(
        given["namespace"], name=given["name"], cases=cases, checks=checks, actor=request.user
    )


def _page(
    request: HttpRequest,
    kept: SheetUpload,
    sheet: Sheet,
    typed: dict[str, str],
    form: NewSuiteOfSheetForm | None,
    status: int = 200,
) -> HttpResponse:
    variables = _variables(request, kept)
    mapping = read_mapping(sheet, variables, typed, more=not _has_variables(kept))
    cases, unfit = cases_of(sheet, mapping)
    problems: list[Problem] = sorted([*sheet.problems, *unfit], key=lambda one: one.row)
    if form is None and kept.suite is None:
        form = _form(request, kept, cases, {}, so_far=typed)
    context: dict[str, Any] = {
        "upload": kept,
        "suite": kept.suite,
        "form": form,
        "columns": mapping_rows(sheet, variables, mapping),
        "unfilled": [] if _has_variables(kept) else _unfilled(variables, mapping),
        "wrong": problem_of(mapping),
        "cases": cases,
        "preview": [_row(case) for case in cases[:PREVIEWED]],
        "problems": problems[:LISTED],
        "more_problems": max(0, len(problems) - LISTED),
        "skipped": sum(problem.skipped for problem in problems),
    }
    return render(request, "evaluations/upload.html", context, status=status)


def _unfilled(variables: list[str], mapping: Mapping[str, str]) -> list[str]:
    """What the prompts ask for and no column becomes."""
    return [name for name in variables if f"{VARIABLE}{name}" not in mapping.values()]


def _row(case: NewCase) -> dict[str, Any]:
    """A case as the preview shows it."""
    values = [(name, _short(str(value))) for name, value in case.values.items()]
    expected = _short(case.expected)
    return {"values": values, "expected": expected, "name": case.name, "tags": case.tags}


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _has_variables(kept: SheetUpload) -> bool:
    """Whether it comes to a suite whose cases fill in certain variables."""
    return bool(kept.suite and kept.suite.variables)


def _variables(request: HttpRequest, kept: SheetUpload) -> list[str]:
    """Those of the suite; where it has none yet, those that the prompts there ask for."""
    person, typed = person_of(request), request.POST.get("namespace")
    if kept.suite:
        return list(kept.suite.variables) or variables_asked_for(kept.suite.namespace, person)
    place = writable_namespaces(person).filter(path=typed).first() if typed else None
    place = place or home_of_suites(person)
    return variables_asked_for(place, person) if place else []


def _form(
    request: HttpRequest,
    kept: SheetUpload,
    cases: list[NewCase],
    typed: dict[str, str],
    so_far: Mapping[str, str] = MappingProxyType({}),
) -> NewSuiteOfSheetForm:
    """`so_far`: what was typed on the way and is no answer yet."""
    person = person_of(request)
    place = home_of_suites(person)
    stem = PurePath(kept.name).stem.replace("_", " ").replace("-", " ").strip() or "Cases"
    wanted = stem[:1].upper() + stem[1:110]
    judges = choices(cases)
    first = {
        "name": free_name(place, wanted) if place else wanted,
        "namespace": place.path if place else "",
        "judge": judges[0][0] if judges else "",
    }
    first |= {name: so_far[name] for name in first if name in so_far}
    return NewSuiteOfSheetForm(typed or None, actor=person, judges=judges, initial=first)

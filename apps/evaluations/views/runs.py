"""Starting a run, its page while it works and when it is over, and one case of it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.audit.table import safe
from apps.core.errors import Invalid, NotPossible
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.evaluations import actions
from apps.evaluations.checks import check_words
from apps.evaluations.models import Result, Run
from apps.evaluations.permissions import can_cancel_run, can_rerun_failed, can_start_run
from apps.evaluations.queries import run_for, run_summary, suite_for
from apps.evaluations.queries.exports import exported
from apps.evaluations.queries.figures import efforts, tag_lines
from apps.evaluations.queries.grids import (
    ALONE_VIEWS,
    FIXED,
    NEWLY,
    PAIRED_VIEWS,
    case_name,
    grid_of,
)
from apps.evaluations.queries.labels import labels_of, matrix_of
from apps.evaluations.queries.runs import paired_result, result_for
from apps.evaluations.rating_words import messages_of
from apps.evaluations.run_forms import StartForm
from apps.evaluations.run_words import VIEW_WORDS, estimate_words, left_words, split, unfit_words
from apps.evaluations.views.ratings import rate_context
from apps.prompts.compare.marks import word_segments
from apps.prompts.queries import prompt_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def start_run(request: HttpRequest, pk: int) -> HttpResponse:
    """`?prompt=` names what is tested; what it will cost and take is said before it starts.
    Where the suite serves one prompt alone there is nothing to choose."""
    person, suite = person_of(request), suite_for(request.user, pk)
    path = request.POST.get("prompt") or request.GET.get("prompt") or ""
    prompt = prompt_for(request.user, path) if path else None
    form = StartForm(request.POST or None, suite=suite, prompt=prompt, actor=person)
    if not path and form.only_prompt:
        return redirect(f"{request.path}?{urlencode({'prompt': form.only_prompt})}")
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid() and "estimate" not in request.POST:
                run = actions.start_run(
                    suite, tested=form.tested(), terms=form.terms(), actor=person
                )
                return redirect("evaluations:run", run.pk)
        except Invalid as error:
            form.take(error)
        except NotPossible as error:
            form.add_error(None, str(error))
        status = 200 if form.is_valid() else 422
    context = {
        "suite": suite, "prompt": prompt, "form": form,
        "may": can_start_run(person, suite, prompt) if prompt else None,
        "estimate": estimate_words(form), "unfit": unfit_words(form),
    }  # fmt: skip
    return render(request, "evaluations/run_start.html", context, status=status)


@require_safe
@login_required
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """While it works: progress and the answers so far (`?part=cases`: these alone). When it is
    over: what came of it. Both narrowed by `?show=`, `?tag=`."""
    found = run_for(request.user, pk)
    context = _context(request, found)
    if request.headers.get("HX-Request") and request.GET.get("part") == "cases":
        if not found.is_under_way:
            response = HttpResponse()
            response["HX-Refresh"] = "true"
            return response
        return render(request, "evaluations/run.html#cases", context)
    return render(request, "evaluations/run.html", context)


def _context(request: HttpRequest, found: Run) -> dict[str, Any]:
    person, summary = person_of(request), run_summary(found)
    context: dict[str, Any] = {
        "run": found, "suite": found.suite_version.suite, "summary": summary,
        "left": left_words(summary), "may_cancel": can_cancel_run(person, found),
        "may_rerun": can_rerun_failed(person, found),
    }  # fmt: skip
    document = found.suite_version.document
    views = PAIRED_VIEWS if found.paired_id else ALONE_VIEWS
    show = [one for one in request.GET.getlist("show") if one in views]
    asked = bool(show) or "all" in request.GET.getlist("show")
    comparison = summary.comparison
    if not asked and comparison and comparison.fixed + comparison.newly_failing:
        show = [one for one in (NEWLY, FIXED) if one in views]
    grid = grid_of(
        found, document, show=show, tag=request.GET.get("tag", "").replace("\0", "")[:40],
        page=whole(request.GET.get("page"), LARGEST_NUMBER) or 1,
    )  # fmt: skip
    address = reverse("evaluations:run", args=[found.pk])
    here = request.GET.copy()
    here["part"] = "cases"
    return (
        context
        | {
            "grid": grid,
            "filters": [_filter(one, grid.counts[one], show, grid.tag, address) for one in views],
            "shown_kinds": show or ["all"],
            "all_url": f"{address}?show=all",
            "live_url": f"{address}?{here.urlencode()}",
            "pages": _pages(grid, show, address),
            "bar": split(summary),
        }
        | ({} if found.is_under_way else _figures(found, document))
    )


def _figures(found: Run, document: dict[str, Any]) -> dict[str, Any]:
    """What stands beside the verdict once the run is over."""
    labels = labels_of(found, document)
    return {
        "labels": labels, "matrix": matrix_of(labels), "tag_lines": tag_lines(found, document),
        "efforts": efforts(found),
    }  # fmt: skip


def _filter(kind: str, many: int, show: list[str], tag: str, address: str) -> dict[str, Any]:
    """A link that adds this kind to what is shown, or takes it away."""
    after = [one for one in show if one != kind] if kind in show else [*show, kind]
    query = urlencode({"show": after or ["all"], **({"tag": tag} if tag else {})}, doseq=True)
    return {
        "words": VIEW_WORDS[kind](), "many": many, "on": kind in show, "url": f"{address}?{query}"
    }  # fmt: skip


def _pages(grid: Any, show: list[str], address: str) -> dict[str, str]:
    def url(page: int) -> str:
        query = {"show": show or ["all"], "page": page}
        if grid.tag:
            query["tag"] = grid.tag
        return f"{address}?{urlencode(query, doseq=True)}"

    before = url(grid.page - 1) if grid.page > 1 else ""
    return {"before": before, "after": url(grid.page + 1) if grid.page < grid.pages else ""}


@require_safe
@login_required
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: its values, both answers word by word, and why each check says what it says."""
    row = result_for(request.user, pk)
    found = run_for(request.user, row.run_id)
    document = found.suite_version.document
    case = document["cases"][row.case_index]
    own, live = paired_result(found, row)
    segments = word_segments(live.answer, own.answer)[0] if live and own else ()
    context = {
        "run": found, "case": case, "name": case_name(case, row.case_index), "own": own,
        "live": live, "segments": segments, "told": _told(document, own or live),
        "asked": messages_of(found, case, row.model),
    }  # fmt: skip
    context |= rate_context(person_of(request), found, own)
    if request.headers.get("HX-Request"):
        return render(request, "evaluations/run_case.html#case", context)
    return render(request, "evaluations/run_case.html", context)


def _told(document: dict[str, Any], row: Result | None) -> list[dict[str, Any]]:
    """Each check in words with its verdict."""
    return [
        {
            "words": check_words(check["kind"], check["settings"]),
            "verdict": row.verdicts.get(check["key"]) if row else None,
        }
        for check in document["checks"]
    ]


@require_POST
@login_required
def cancel_run(request: HttpRequest, pk: int) -> HttpResponse:
    actions.cancel_run(run_for(request.user, pk), actor=person_of(request))
    messages.success(request, _("Cancelled. What was answered is kept."))
    return redirect("evaluations:run", pk)


@require_POST
@login_required
def rerun_failed(request: HttpRequest, pk: int) -> HttpResponse:
    actions.rerun_failed(run_for(request.user, pk), actor=person_of(request))
    return redirect("evaluations:run", pk)


@require_safe
@login_required
def export_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of a run as CSV (no cell is a formula) or, with `?form=json`, as JSON."""
    found = run_for(request.user, pk)
    columns, rows = exported(found)
    if request.GET.get("form") == "json":
        body = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str)
        response = HttpResponse(body, content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="run-{found.pk}.json"'
        return response
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe("" if cell is None else str(cell)) for cell in row] for row in rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="run-{found.pk}.csv"'
    return response

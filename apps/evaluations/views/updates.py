"""The change of a model: chosen and weighed, then its progress, then one report."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.signed_in import person_of
from apps.audit.table import safe
from apps.core.errors import Invalid, NotPossible
from apps.evaluations import actions
from apps.evaluations.models import ModelUpdate
from apps.evaluations.permissions import can_cancel_update, can_start_update
from apps.evaluations.queries.model_use import Uses, model_uses
from apps.evaluations.queries.planned import outcomes, update_for, visible_updates
from apps.evaluations.queries.summaries import counts_of
from apps.evaluations.queries.update_reports import UpdateReport, update_report
from apps.evaluations.update_forms import UpdateForm
from apps.evaluations.update_plans import UpdatePlan, plan_update
from apps.evaluations.update_words import (
    VERDICTS,
    line_words,
    outcome_words,
    plan_words,
    summary_words,
    usage_words,
)

SHOWN = 20
COLUMNS = [
    "prompt", "name", "verdict", "cases", "passes before", "passes after", "difference", "low",
    "high", "fixed", "newly failing", "could not run", "p", "cost of 1,000 before",
    "cost of 1,000 after", "ms before", "ms after", "in words",
]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def model_updates(request: HttpRequest) -> HttpResponse:
    """`?before=&after=` shows which prompts are concerned and what it will cost; POST begins."""
    person, uses = person_of(request), model_uses(request.user)
    chosen = request.method == "POST" or "before" in request.GET
    given = (request.POST if request.method == "POST" else request.GET) if chosen else None
    form = UpdateForm(_with_repeats(given), uses=uses)
    if request.method == "POST":
        try:
            if form.is_valid():
                update = actions.start_update(**form.cleaned_data, actor=person)
                return redirect("evaluations:model_update", update.pk)
        except Invalid as error:
            form.take(error)
        except NotPossible as error:
            form.add_error(None, str(error))
    plan = _plan(person, uses, form) if chosen else None
    updates = list(visible_updates(person)[:SHOWN])
    ended = outcomes(updates, person)
    context = {
        "form": form, "used": bool(uses.by_model), "may": can_start_update(person), "plan": plan,
        "estimate": plan_words(plan.total) if plan and plan.to_run else "",
        "updates": [(one, outcome_words(ended.get(one.pk, {}))) for one in updates],
    }  # fmt: skip
    status = 200 if not chosen or form.is_valid() else 422
    return render(request, "evaluations/model_updates.html", context, status=status)


def _with_repeats(given: Any) -> Any:
    if given is None or "repeats" in given:
        return given
    found = given.copy()
    found["repeats"] = "1"
    return found


def _plan(person: Any, uses: Uses, form: UpdateForm) -> UpdatePlan | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    if given["before"] == given["after"]:
        form.add_error("after", _("Choose another model than the one that is replaced."))
        return None
    return plan_update(person, uses.of(given["before"]), **given)


@require_safe
@login_required
def model_update(request: HttpRequest, pk: int) -> HttpResponse:
    """While it works: how far it is. When it is over: the report."""
    person = person_of(request)
    update = update_for(person, pk)
    context = {
        "update": update, "may_cancel": can_cancel_update(person, update),
        **(_progress(update) if update.is_under_way else _report(update, person)),
    }  # fmt: skip
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        if update.is_under_way:
            return render(request, "evaluations/model_update.html#progress", context)
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return render(request, "evaluations/model_update.html", context)


def _progress(update: ModelUpdate) -> dict[str, Any]:
    runs = [pk for pk in update.planned.values_list("run", flat=True) if pk is not None]
    found = counts_of(runs).values()
    waiting = update.planned.filter(state="waiting").count()
    return {
        "done": sum(one.finished for one in found), "all": sum(one.total for one in found),
        "runs": len(runs), "waiting": waiting,
    }  # fmt: skip


def _report(update: ModelUpdate, person: Any) -> dict[str, Any]:
    report = update_report(update, person)
    lines = [
        {
            "line": line, "words": line_words(line, update.before, update.after),
            "usage": usage_words(line.before, line.after), "kind": f"update_{line.verdict}",
        }
        for line in report.lines
    ]  # fmt: skip
    return {"report": report, "lines": lines, "summary": summary_words(report)}


@require_POST
@login_required
def cancel_update(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    actions.cancel_update(update_for(person, pk), actor=person)
    messages.success(request, _("Cancelled. What was answered is kept."))
    return redirect("evaluations:model_update", pk)


@require_safe
@login_required
def export_update(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as CSV, a row a prompt; no cell is a formula."""
    person = person_of(request)
    update = update_for(person, pk)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(update_report(update, person)):
        writer.writerow([safe("" if cell is None else str(cell)) for cell in row])
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="model-update-{pk}.csv"'
    return response


def _rows(report: UpdateReport) -> list[list[Any]]:
    found = []
    for line in report.lines:
        one = line.comparison
        facts: list[Any] = [None] * 10
        if one is not None:
            facts = [
                one.n, one.before, one.after, one.difference, one.low, one.high, one.fixed,
                one.newly_failing, one.could_not_run, one.mcnemar_p,
            ]  # fmt: skip
        words = line_words(line, report.update.before, report.update.after)
        found.append([
            line.prompt.path, line.prompt.name, VERDICTS[line.verdict], *facts, line.before.cost,
            line.after.cost, line.before.latency_ms, line.after.latency_ms, words,
        ])  # fmt: skip
    return found

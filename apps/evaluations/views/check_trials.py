"""A check tried on up to twenty answers of a run before anybody trusts it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from apps.accounts.signed_in import person_of
from apps.core.errors import NotPossible, require
from apps.evaluations.checks import KINDS
from apps.evaluations.permissions.check_trials import can_try_check
from apps.evaluations.queries import check_for
from apps.evaluations.queries.check_trials import finished_runs, sample_of, trust_words
from apps.evaluations.rating_forms import TryForm
from apps.evaluations.running.check_trial import Trial, carry_out, trial_of
from apps.llm.prices import money


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def try_check(request: HttpRequest, pk: int) -> HttpResponse:
    """A POST judges and shows, or says what that would cost; nothing is kept."""
    person, check = person_of(request), check_for(request.user, pk)
    may, kind = can_try_check(person, check), KINDS.get(check.kind)
    runs = finished_runs(check.suite, person)
    form = TryForm(request.POST or None, runs=runs)
    context: dict[str, Any] = {
        "check": check, "suite": check.suite, "form": form, "may": may,
        "words": kind.sentence(check.settings) if kind else check.kind,
    }  # fmt: skip
    if request.method == "POST":
        require(may)
    status = 200
    if may and form.is_valid():
        run = form.cleaned_data["run"]
        rows = sample_of(run, form.cleaned_data["many"], form.cleaned_data["seed"] or 1)
        trial = trial_of(check, run, rows)
        context |= {"run": run, "estimate": _estimate(trial)}
        if request.method == "POST" and "estimate" not in request.POST:
            status = _tried(trial, context)
    elif form.errors:
        status = 422
    return render(request, "evaluations/check_try.html", context, status=status)


def _tried(trial: Trial, context: dict[str, Any]) -> int:
    try:
        context["tried"] = carry_out(trial)
    except NotPossible as error:
        context["refused"] = str(error)
        return 409
    context["trust"] = trust_words(context["tried"])
    return 200


def _estimate(trial: Trial) -> str:
    grading, many = trial.grading, len(trial.rows)
    words = ngettext("%(n)s answer", "%(n)s answers", many) % {"n": many}
    if not grading.calls:
        return _("%(answers)s, no model is asked.") % {"answers": words}
    cost = _("price not known") if grading.cost is None else money(grading.cost)
    said = _("%(answers)s, %(calls)s questions to %(models)s, about %(cost)s.")
    names = ", ".join(dict.fromkeys(grading.models))
    return said % {"answers": words, "calls": grading.calls, "models": names, "cost": cost}

"""Rating an answer where it is read, what people said of a run, and settling their disputes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.evaluations import actions
from apps.evaluations.models import Result, Run
from apps.evaluations.permissions import (
    can_ask_for_ratings,
    can_decide_rating,
    can_rate_answer,
)
from apps.evaluations.queries import run_for
from apps.evaluations.queries.agreement import agreements_of
from apps.evaluations.queries.disputes import Item, dispute_on
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.rating_queue import (
    own_ratings,
    progress_of,
    raters_of,
    requests_of,
    waits_blind,
)
from apps.evaluations.queries.ratings import decision_on, ratings_on
from apps.evaluations.queries.runs import result_for
from apps.evaluations.rating_forms import DecideForm
from apps.evaluations.states import ResultState
from apps.evaluations.yardsticks import WHOLE, Yardstick, yardstick, yardsticks


def rate_context(person: User, run: Run, row: Result | None, error: str = "") -> dict[str, Any]:
    """What `_rate.html` shows: each question, one's own rating, and what others said."""
    if row is None or row.state != ResultState.DONE:
        return {"rated": []}
    own, hidden = own_ratings(row, person), waits_blind(run, person)
    may_decide = bool(can_decide_rating(person, run))
    asked = [WHOLE, *yardsticks(run.suite_version.document)]
    return {
        "rated": [_rated(one, row, own.get(one.key or ""), hidden, may_decide) for one in asked],
        "may_rate": can_rate_answer(person, run), "rated_row": row, "blind_now": hidden,
        "rate_error": error,
    }  # fmt: skip


def _rated(
    asked: Yardstick, row: Result, own: Any, hidden: bool, may_decide: bool
) -> dict[str, Any]:
    said = [] if hidden else ratings_on(row, asked.key)
    apart = len(said) > 1 and asked.apart([one.value for one in said])
    return {
        "asked": asked, "own": own, "own_code": asked.code_of(own.value) if own else "",
        "others": [(one, asked.word(one.value)) for one in said if own is None or one.pk != own.pk],
        "apart": apart, "may_decide": may_decide and apart,
        "decision": None if hidden else (found := decision_on(row, asked.key)),
        "decided": asked.word(found.value) if not hidden and found else "",
    }  # fmt: skip


@require_POST
@login_required
def rate_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """`value` is an option's code; with `undo` one's own rating is taken back."""
    person, row = person_of(request), result_for(request.user, pk)
    run, key, error = run_for(request.user, row.run_id), request.POST.get("check") or None, ""
    asked = yardstick(run.suite_version.document, key)
    try:
        if "undo" in request.POST:
            actions.take_back_rating(row, check_key=key, actor=person)
        else:
            actions.rate_answer(
                row, value=asked.value_of(request.POST.get("value", "")) if asked else None,
                check_key=key, note=request.POST.get("note", ""), actor=person,
            )  # fmt: skip
    except Invalid as refused:
        error = refused.sentence
    row.refresh_from_db()
    status = 422 if error else 200
    if request.headers.get("HX-Request") or error:
        context = rate_context(person, run, row, error) | {"run": run}
        page = "evaluations/_rate.html" if request.headers.get("HX-Request") else _WHOLE_PAGE
        return render(request, page, context, status=status)
    return redirect(f"{reverse('evaluations:result', args=[row.pk])}#rate")


_WHOLE_PAGE = "evaluations/rating_form.html"


@require_safe
@login_required
def ratings(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a run: who was asked, how far they are, how they agree, and what is open between them."""
    person, run = person_of(request), run_for(request.user, pk)
    hidden = waits_blind(run, person)
    asked = list(requests_of(run))
    able = raters_of(run) if asked else set()
    context = {
        "run": run, "suite": run.suite_version.suite, "hidden": hidden,
        "requests": [{"request": one, "progress": progress_of(one, able)} for one in asked],
        "agreements": [] if hidden else agreements_of(run, run.suite_version.document),
        "may_ask": can_ask_for_ratings(person, run), "may_decide": can_decide_rating(person, run),
    }  # fmt: skip
    return render(request, "evaluations/ratings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def decide_rating(request: HttpRequest, pk: int) -> HttpResponse:
    """`?check=` names the check, `?with=` the other of two answers, `?run=` whose dispute it is."""
    row, person = result_for(request.user, pk), person_of(request)
    run = run_for(request.user, row.run_id)
    key = request.GET.get("check") or None
    other = whole(request.GET.get("with"), LARGEST_NUMBER)
    second = result_for(request.user, other) if other else None
    item = dispute_on(run, row, key=key, other=second)
    if item is None:
        require(not_visible(_("Nobody disagrees on this answer.")))
    assert item is not None
    form = DecideForm(request.POST or None, question=item.question, initial=_decided(item))
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_rating(
                row, run=run, value=item.question.value_of(form.cleaned_data["value"]),
                check_key=key, other=second, reason=form.cleaned_data["reason"], actor=person,
            )  # fmt: skip
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Decided. It counts from now on."))
            return redirect("evaluations:ratings", run.pk)
    context = {
        "run": run, "row": row, "second": second, "item": item, "form": form,
        "case": run.suite_version.document["cases"][row.case_index],
        "name": case_name(run.suite_version.document["cases"][row.case_index], row.case_index),
        "may_decide": can_decide_rating(person, run),
    }  # fmt: skip
    return render(request, _WHOLE_PAGE, context, status=422 if form.errors else 200)


def _decided(item: Item) -> dict[str, Any]:
    if item.decision is None:
        return {}
    return {"value": item.question.code_of(item.decision.value), "reason": item.decision.reason}

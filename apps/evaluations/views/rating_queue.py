"""Asking for ratings, and the queue in which people give them: one answer at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import User
from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.evaluations import actions
from apps.evaluations.models import RatingRequest, RatingTask
from apps.evaluations.permissions import can_ask_for_ratings, can_rate_answer
from apps.evaluations.queries import run_for
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.rating_queue import (
    last_done,
    next_task,
    own_tasks,
    queue_of,
    request_for,
    task_for,
)
from apps.evaluations.rating_forms import AskForm
from apps.evaluations.rating_words import (
    label_of,
    messages_of,
    offered,
    question_of,
    seconds_since,
    shown_now,
    value_in,
)
from apps.evaluations.states import RatingTaskState


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ask_for_ratings(request: HttpRequest, pk: int) -> HttpResponse:
    person, run = person_of(request), run_for(request.user, pk)
    document = run.suite_version.document
    form = AskForm(request.POST or None, run=run, document=document)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_for_ratings(run, terms=form.terms(), actor=person)
        except Invalid as error:
            form.take(error)
        else:
            many = asked.tasks.count()
            words = ngettext("Asked for %(n)s rating.", "Asked for %(n)s ratings.", many)
            messages.success(request, words % {"n": many})
            return redirect("evaluations:ratings", run.pk)
    context = {
        "run": run, "suite": run.suite_version.suite, "form": form,
        "may_ask": can_ask_for_ratings(person, run),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "evaluations/ratings_ask.html", context, status=status)


@require_POST
@login_required
def close_rating_request(request: HttpRequest, pk: int) -> HttpResponse:
    found = request_for(request.user, pk)
    actions.close_rating_request(found, actor=person_of(request))
    messages.success(request, _("Closed. What was rated stays and counts."))
    return redirect("evaluations:ratings", found.run_id)


@require_POST
@login_required
def drop_rater(request: HttpRequest, pk: int) -> HttpResponse:
    found = request_for(request.user, pk)
    person = User.objects.filter(
        pk=whole(request.POST.get("person"), LARGEST_NUMBER) or 0, rating_tasks__request=found
    ).first()
    if person is None:
        require(not_visible())
    assert person is not None
    try:
        actions.drop_rater(found, person=person, actor=person_of(request))
        messages.success(request, _("Given to the other raters."))
    except Invalid as error:
        messages.error(request, error.sentence)
    return redirect("evaluations:ratings", found.run_id)


@require_safe
@login_required
def rating_queue(request: HttpRequest) -> HttpResponse:
    """What one is asked to rate."""
    waiting = queue_of(person_of(request))
    return render(request, "evaluations/rate.html", {"waiting": waiting})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def rate_next(request: HttpRequest, pk: int) -> HttpResponse:
    """The next answer to rate; a POST rates, skips (`do=skip`) or takes the last one back."""
    person, found = person_of(request), request_for(request.user, pk)
    if not found.tasks.filter(rater=person).exists():
        require(not_visible())
    task, error = None, ""
    if request.method == "POST":
        task, error = _done(request, found, person)
        if not error and not request.headers.get("HX-Request"):
            return redirect("evaluations:rate_next", found.pk)
    context = _item(found, person, task or next_task(found, person))
    if error:
        context |= {"error": error, "note": request.POST.get("note", ""),
                    "code": request.POST.get("value", "")}  # fmt: skip
    page = "evaluations/rate.html"
    if request.headers.get("HX-Request"):
        page += "#rate"
    return render(request, page, context, status=422 if error else 200)


def _done(
    request: HttpRequest, found: RatingRequest, person: User
) -> tuple[RatingTask | None, str]:
    """What was posted is done. The task to show next, where it is a certain one, and why not."""
    given = request.POST
    if given.get("do") == "undo":
        last = last_done(found, person)
        return (actions.take_back_task(last, actor=person) if last else None), ""
    task = task_for(found, person, whole(given.get("task"), LARGEST_NUMBER) or 0)
    if given.get("do") == "skip":
        actions.skip_task(task, actor=person)
        return None, ""
    task.request = found
    value = value_in(question_of(found, task), task, given.get("value", ""))
    try:
        actions.rate_task(
            task, value=value, note=given.get("note", ""),
            seconds=seconds_since(given.get("shown", "")), actor=person,
        )  # fmt: skip
    except Invalid as error:
        return task, error.sentence
    return None, ""


def _item(found: RatingRequest, person: User, task: RatingTask | None) -> dict[str, Any]:
    tasks = own_tasks(found, person)
    states = Counter(tasks.values_list("state", flat=True))
    done, total = states[RatingTaskState.DONE], sum(states.values())
    context: dict[str, Any] = {
        "request_": found, "run": found.run, "done": done, "total": total,
        "skipped": states[RatingTaskState.SKIPPED], "may_undo": done > 0,
        "may_rate": can_rate_answer(person, found.run), "is_open": found.is_open,
    }  # fmt: skip
    if task is None or not found.is_open:
        return context | {"finished": True, "preferred": _preferred(found, list(tasks))}
    task.request = found
    question = question_of(found, task)
    case = found.run.suite_version.document["cases"][task.result.case_index]
    return context | {
        "task": task, "question": question, "options": offered(question), "case": case,
        "name": case_name(case, task.result.case_index), "shown": shown_now(),
        "messages_": [] if task.other else messages_of(found.run, case, task.result.model),
        "answers": _answers(found, task), "place": min(done + 1, total),
    }  # fmt: skip


def _answers(found: RatingRequest, task: RatingTask) -> list[dict[str, str]]:
    """One, or two in the order drawn by lot; without their names where it is blind."""
    if task.other is None:
        label = "" if found.blind else f"{label_of(found.run, task.result)}, {task.result.model}"
        return [{"label": label, "text": task.result.answer}]
    left, right = task.result, task.other
    if task.swapped:
        left, right = right, left
    return [{"label": _("Left"), "text": left.answer}, {"label": _("Right"), "text": right.answer}]


def _preferred(found: RatingRequest, tasks: list[RatingTask]) -> list[tuple[str, int]]:
    """Of pairs: which side was what, now that it is over."""
    if not found.compares or not tasks:
        return []
    question = question_of(found, tasks[0])
    counts = Counter(task.preference for task in tasks if task.preference)
    return [(one.label, counts[one.code]) for one in question.options]

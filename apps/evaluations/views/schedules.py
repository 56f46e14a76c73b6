"""Suites that run by themselves: made, paused, resumed, ended; and drift, acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.core.errors import Invalid, NotPossible
from apps.evaluations import actions
from apps.evaluations.actions import ScheduleTerms
from apps.evaluations.drift_words import schedule_words, told_alarms
from apps.evaluations.models import Suite, SuiteSchedule
from apps.evaluations.permissions import can_edit_schedule, can_make_schedule
from apps.evaluations.queries import suite_for
from apps.evaluations.queries.drift import alarm_for, open_alarms
from apps.evaluations.queries.schedules import schedule_rows, suite_schedule_for
from apps.evaluations.schedule_forms import NoteForm, ScheduleForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def make_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    person, suite = person_of(request), suite_for(request.user, pk)
    form = ScheduleForm(request.POST or None, suite=suite, actor=person)
    context = {"suite": suite, "form": form, "may": can_make_schedule(person, suite)}

    def act(terms: ScheduleTerms) -> SuiteSchedule:
        return actions.make_schedule(suite, terms=terms, actor=person)

    return _form(request, context, act)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    person, known = person_of(request), suite_schedule_for(request.user, pk)
    suite = known.suite
    form = ScheduleForm(request.POST or None, suite=suite, actor=person, known=known)
    may = can_edit_schedule(person, known)
    context = {"suite": suite, "form": form, "may": may, "schedule": known}

    def act(terms: ScheduleTerms) -> SuiteSchedule:
        return actions.change_schedule(known, terms=terms, actor=person)

    return _form(request, context, act)


def _form(
    request: HttpRequest, context: dict[str, Any], act: Callable[[ScheduleTerms], SuiteSchedule]
) -> HttpResponse:
    """What was typed stays where it cannot be taken."""
    form = context["form"]
    if request.method == "POST":
        try:
            if form.is_valid():
                words = _("It runs by itself: %(when)s.") % {
                    "when": schedule_words(act(form.terms()))
                }
                messages.success(request, words)
                return redirect(_home(context["suite"]))
        except Invalid as error:
            form.take(error)
        except NotPossible as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return render(request, "evaluations/schedule_form.html", context, status=status)


def _home(suite: Suite) -> str:
    return reverse("evaluations:suite", args=[suite.pk]) + "#schedules"


@require_POST
@login_required
def pause_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.pause_schedule, _("Paused"))


@require_POST
@login_required
def resume_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.resume_schedule, _("It runs by itself again"))


@require_POST
@login_required
def end_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, actions.end_schedule, _("It will not run again"))


def _change(request: HttpRequest, pk: int, action: Callable[..., Any], said: str) -> HttpResponse:
    schedule = suite_schedule_for(request.user, pk)
    action(schedule, actor=person_of(request))
    messages.success(request, said)
    return redirect(_home(schedule.suite))


@require_POST
@login_required
def acknowledge_drift(request: HttpRequest, pk: int) -> HttpResponse:
    """Posted from the suite's page and from the prompt's tests, where it leads back to."""
    alarm, form = alarm_for(request.user, pk), NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    actions.acknowledge_drift(alarm, note=note, actor=person_of(request))
    messages.success(request, _("Later runs are compared with this one."))
    return redirect("pages:prompt_tests", alarm.prompt.path)


def schedule_context(suite: Suite, person: Any) -> dict[str, Any]:
    """What the suite's page says of its schedules, and what drifted."""
    rows = [(row, schedule_words(row.schedule)) for row in schedule_rows(suite, person)]
    return {"schedules": rows, "alarms": told_alarms(open_alarms(person, suite=suite), person)}

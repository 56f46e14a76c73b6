"""The suites that test one prompt."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.evaluations.drift_words import told_alarms
from apps.evaluations.permissions import can_make_suite
from apps.evaluations.queries import suites_serving
from apps.evaluations.queries.drift import open_alarms
from apps.evaluations.queries.suite_rows import suite_rows
from apps.pages.views.prompt import frame


@require_safe
@login_required
def prompt_tests(request: HttpRequest, path: str) -> HttpResponse:
    """Those of its namespace and above, the nearest first."""
    person = person_of(request)
    context = frame(request, path, "prompt_tests")
    suites = list(suites_serving(context["prompt"], person).order_by("-namespace__path", "name"))
    context["alarms"] = told_alarms(open_alarms(person, prompts=[context["prompt"]]), person)
    context["suites"] = suite_rows(suites, person)
    context["may_make"] = can_make_suite(person, context["prompt"].namespace)
    return render(request, "pages/prompt_tests.html", context)

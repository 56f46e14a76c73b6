"""The experiments on one prompt."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.experiments.permissions import can_make_experiment, can_make_shadow
from apps.experiments.queries import experiments_of, sends_anything
from apps.experiments.queries.shadows import shadows_of
from apps.experiments.views.lists import rows_of, shadow_rows
from apps.pages.views.prompt import frame


@require_safe
@login_required
def prompt_experiments(request: HttpRequest, path: str) -> HttpResponse:
    """All of them, the newest first; what is missing before the first one."""
    context = frame(request, path, "prompt_experiments")
    prompt = context["prompt"]
    context["rows"] = rows_of(experiments_of(prompt))
    context["may_make"] = can_make_experiment(person_of(request), prompt)
    context["sends"] = sends_anything(prompt)
    context["may_shadow"] = bool(can_make_shadow(person_of(request), prompt))
    context["shadows"] = shadow_rows(shadows_of(prompt))
    return render(request, "pages/prompt_experiments.html", context)

"""Checks of live answers: set and changed on one page, paused and taken up again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.signed_in import person_of
from apps.analytics import actions
from apps.analytics.live_forms import LiveCheckForm, initial_of, suite_line
from apps.analytics.permissions import can_set_live_check
from apps.analytics.queries.live_checks import live_check_at, live_check_for
from apps.core.errors import Invalid, NotPossible, require
from apps.core.navigation import back
from apps.core.verdicts import not_visible
from apps.delivery.keeping_terms import terms_of
from apps.delivery.queries import keeping_rule_for
from apps.environments.queries import environments
from apps.evaluations.queries import suites_serving
from apps.prompts.models import Prompt
from apps.prompts.queries import prompt_for

FIRST = "production"
MOST_SUITES = 30
ACTS = {"pause": actions.pause_live_check, "resume": actions.resume_live_check}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def live_check(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment`: what is set there is shown, to be changed."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_set_live_check(person, prompt))
    suites = [suite_line(suite) for suite in suites_serving(prompt, person)[:MOST_SUITES]]
    shown: dict[str, Any] = {"prompt": prompt, "suites": suites, "actor": person}
    if request.method != "POST":
        return _page(request, shown, LiveCheckForm(initial=_initial(request, prompt), **shown))
    form = LiveCheckForm(request.POST, **shown)
    try:
        if form.is_valid():
            live = actions.set_live_check(prompt, terms=form.terms, actor=person)
            messages.success(request, _("Live answers are checked"))
            return HttpResponseRedirect(f"{_figures(prompt)}#live-{live.pk}")
    except Invalid as error:
        form.take(error)
    except NotPossible as refusal:
        return _page(request, shown, form, refusal=refusal, status=refusal.status)
    return _page(request, shown, form, status=422)


def _initial(request: HttpRequest, prompt: Prompt) -> dict[str, Any]:
    places = environments()
    named = request.GET.get("environment", FIRST)
    place = next((one for one in places if one.name == named), places[-1])
    return initial_of(live_check_at(prompt, place), place)


def _figures(prompt: Prompt) -> str:
    return reverse("pages:prompt_analytics", args=[prompt.path])


def _page(
    request: HttpRequest,
    shown: dict[str, Any],
    form: LiveCheckForm,
    *,
    refusal: NotPossible | None = None,
    status: int = 200,
) -> HttpResponse:
    prompt = shown["prompt"]
    context = {
        "form": form,
        "prompt": prompt,
        "suites": shown["suites"],
        "any_used": bool(form.suites),
        "refusal": refusal.verdict if refusal else None,
        "keeping": terms_of(keeping_rule_for(prompt.namespace)),
        "back": _figures(prompt),
    }
    return render(request, "analytics/live_check_form.html", context, status=status)


@require_POST
@login_required
def switch_live(request: HttpRequest, pk: int) -> HttpResponse:
    """`act`: pause or resume."""
    live = live_check_for(person_of(request), pk)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        require(not_visible())
    assert act is not None
    act(live, actor=person_of(request))
    said = {"pause": _("Live answers are not judged for now"), "resume": _("It goes on")}
    messages.success(request, said[request.POST["act"]])
    return back(request, _figures(live.prompt))

"""What one prompt's calls came to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.analytics.files import as_csv
from apps.analytics.filters import RANGE_WORDS, days_of
from apps.analytics.permissions import can_read_calls, can_set_alarm, can_set_live_check
from apps.analytics.queries.alarms import alarms_of, with_rights
from apps.analytics.queries.callers import who_fetches_what
from apps.analytics.queries.calls import OUTCOMES, PAGE, calls_of
from apps.analytics.queries.live_checks import live_checks_of
from apps.analytics.queries.overview import has_calls
from apps.analytics.queries.parts import part
from apps.analytics.queries.prompt import (
    BY,
    TITLES,
    Pair,
    compare_versions,
    of_prompt,
    two_versions,
    versions_called,
)
from apps.analytics.scopes import Scope
from apps.analytics.states import AlarmState
from apps.core.errors import require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.delivery.keeping_terms import terms_of
from apps.delivery.queries import keeping_rule_for
from apps.environments.queries import environments
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.queries import suites_serving
from apps.pages.views.prompt import frame
from apps.prompts.models import Version
from apps.prompts.queries import prompt_for

USUAL = "production"
OUTCOME_WORDS = {
    "": _("All"),
    "error": _("Errors"),
    "failed": _("A check failed"),
    "bad": _("Badly rated by people"),
}


@require_safe
@login_required
def prompt_analytics(request: HttpRequest, path: str) -> HttpResponse:
    """`?range&environment&by&new&old`; `csv=…`: one table as a file."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    context = _report(request, prompt)
    chart = context["report"].charts.get(request.GET.get("csv", ""))
    if chart is not None:
        return as_csv(chart)
    alarms = with_rights(person, alarms_of(person, prompt))
    context |= {
        "prompt": prompt,
        "any_calls": has_calls((prompt.pk,)),
        "alarms": alarms,
        "ringing": [alarm for alarm in alarms if alarm.state == AlarmState.RINGING],
        "may_set": can_set_alarm(person, prompt.namespace),
        "may_read": can_read_calls(person, prompt.namespace),
        "lives": live_checks_of(prompt),
        "may_check": can_set_live_check(person, prompt),
        "keeping": terms_of(keeping_rule_for(prompt.namespace)),
    }
    if request.htmx and request.htmx.target == "report":  # type: ignore[attr-defined]  # middleware
        return render(request, "pages/prompt_analytics.html#report", context)
    context |= frame(request, path, "prompt_analytics")
    return render(request, "pages/prompt_analytics.html", context)


def _report(request: HttpRequest, prompt: Any) -> dict[str, Any]:
    asked = request.GET
    days = days_of(asked, timezone.now())
    places = environments()
    wanted = asked.get("environment", USUAL)
    place = next((one for one in places if one.name == wanted), None)
    kind = asked.get("by", "")
    kind = kind if kind in BY else BY[0]
    scope = Scope((prompt.pk,), days.period, place.pk if place else None)
    query = asked.copy()
    query.pop("csv", None)
    called = part(lambda: versions_called(scope)) or []
    return {
        "days": days,
        "ranges": RANGE_WORDS.items(),
        "places": places,
        "place": place,
        "kind": kind,
        "kinds": [(name, TITLES[name][0]) for name in BY],
        "called": called,
        "pair": part(lambda: _pair(request, scope, called)),
        "applications": part(lambda: who_fetches_what(prompt)),
        "report": of_prompt(scope, kind, asked.get("csv", "")),
        "query": query.urlencode(),
    }


def _pair(request: HttpRequest, scope: Scope, called: list[Version]) -> Pair | None:
    """The two that were asked for, else the newest two with calls."""
    usual = two_versions(called)
    if usual is None:
        return None
    numbers = {version.number: version for version in called}
    new = numbers.get(whole(request.GET.get("new"), LARGEST_NUMBER) or 0, usual[0])
    old = numbers.get(whole(request.GET.get("old"), LARGEST_NUMBER) or 0, usual[1])
    if new.pk == old.pk:
        return Pair(new, old, "")
    return compare_versions(scope, new, old)


@require_safe
@login_required
def prompt_calls(request: HttpRequest, path: str) -> HttpResponse:
    """`?environment&status&before`: single calls, and what was kept of them; `status`: only those
    with this outcome."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    require(can_read_calls(person, prompt.namespace))
    places = environments()
    wanted = request.GET.get("environment", USUAL)
    place = next((one for one in places if one.name == wanted), places[-1])
    status = request.GET.get("status", "")
    status = status if status in OUTCOMES else ""
    found = calls_of(prompt, place, outcome=status, before=request.GET.get("before", ""))
    context = {
        **frame(request, path, "prompt_analytics"),
        "calls": found[:PAGE],
        "older": found[PAGE - 1].place if len(found) > PAGE else "",
        "place": place,
        "places": places,
        "status": status,
        "outcomes": OUTCOME_WORDS.items(),
        "keeping": terms_of(keeping_rule_for(prompt.namespace)),
        "suites": [s for s in suites_serving(prompt, person) if can_change_suite(person, s)],
        "any_kept": any(shown.is_kept for shown in found),
    }
    return render(request, "pages/prompt_calls.html", context)

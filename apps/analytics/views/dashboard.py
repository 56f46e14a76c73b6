from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.analytics.files import as_csv
from apps.analytics.filters import RANGE_WORDS, filters_of
from apps.analytics.queries.alarms import visible_alarms
from apps.analytics.queries.overview import has_calls, overview
from apps.analytics.states import AlarmState


@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """`?range&environment&in&team`: all that the person may see, narrowed; `csv=…`: one table."""
    person = person_of(request)
    filters = filters_of(person, request.GET, timezone.now())
    only = request.GET.get("csv", "")
    report = overview(person, filters.scope, only)
    chart = report.charts.get(only)
    if chart is not None:
        return as_csv(chart)
    context = {
        "filters": filters,
        "ranges": RANGE_WORDS.items(),
        "report": report,
        "any_calls": has_calls(filters.prompts),
        "ringing": visible_alarms(person).filter(state=AlarmState.RINGING),
        "query": _without_csv(request),
    }
    if request.htmx and request.htmx.target == "report":  # type: ignore[attr-defined]  # middleware
        return render(request, "analytics/dashboard.html#report", context)
    return render(request, "analytics/dashboard.html", context)


def _without_csv(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("csv", None)
    return query.urlencode()

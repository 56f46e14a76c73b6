"""Administration: providers of models with their prices, and what teams may spend."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import require
from apps.llm.budget_queries import team_months
from apps.llm.permissions import can_manage_models
from apps.llm.queries import connection_rows, permits
from apps.pages.views.admin import tabs
from apps.teams.queries import teams


@require_safe
@login_required
def models(request: HttpRequest) -> HttpResponse:
    require(can_manage_models(person_of(request)))
    context = {
        "tabs": tabs("admin_models"),
        "connections": connection_rows(),
        "permits": list(permits().items()),
    }
    return render(request, "pages/admin_models.html", context)


@require_safe
@login_required
def budgets(request: HttpRequest) -> HttpResponse:
    require(can_manage_models(person_of(request)))
    context = {"tabs": tabs("admin_budgets"), "months": team_months(teams())}
    return render(request, "pages/admin_budgets.html", context)

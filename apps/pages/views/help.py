from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.teams.roles import ROLES


@require_safe
@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    """The words of Galley and the way of a text from a draft to an application."""
    return render(request, "pages/help.html", {"roles": ROLES.values()})

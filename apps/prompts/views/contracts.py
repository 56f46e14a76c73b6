"""The route of where variables are used."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.prompts.content import VARIABLE_LABELS
from apps.prompts.queries.contracts import variable_uses
from apps.teams.queries import visible_namespaces


@require_safe
@login_required
def variable_list(request: HttpRequest) -> HttpResponse:
    """`?q=` is a part of the name, `?in=` a namespace."""
    text = request.GET.get("q", "").strip().replace("\x00", "")[:64]
    place = request.GET.get("in", "").replace("\x00", "")
    namespace = visible_namespaces(request.user).filter(path=place).first() if place else None
    context = {
        "uses": variable_uses(request.user, text, namespace),
        "labels": VARIABLE_LABELS,
        "typed": text,
        "place": namespace,
        "places": list(visible_namespaces(request.user).exclude(path="").order_by("path")),
    }
    return render(request, "prompts/variable_list.html", context)

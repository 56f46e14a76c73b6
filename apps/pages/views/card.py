from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.environments.queries import environment_for
from apps.pages.queries.card import open_card
from apps.prompts.queries import prompt_for


@require_safe
@login_required
def card(request: HttpRequest, path: str) -> HttpResponse:
    """One card of the board in detail, `?environment=production`; htmx: the drawer."""
    person = person_of(request)
    prompt = prompt_for(person, path)
    name = request.GET.get("environment", "")
    context = {
        "prompt": prompt,
        "card": open_card(person, prompt, environment_for(name) if name else None),
        "back": reverse("pages:board"),
    }
    template = "pages/card.html#panel" if request.htmx else "pages/card.html"  # type: ignore[attr-defined]  # by middleware
    return render(request, template, context)

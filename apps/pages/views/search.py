from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.pages.queries.search import LONGEST, search


@require_safe
@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """`?q=`: the options of the palette for htmx, else a page of links."""
    typed = request.GET.get("q", "")
    context = {"typed": typed[:LONGEST], "groups": search(person_of(request), typed)}
    htmx = request.headers.get("HX-Request") == "true"
    return render(request, "pages/_palette.html" if htmx else "pages/search.html", context)

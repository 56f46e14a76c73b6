from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.notifications.queries import inbox, tab_named
from apps.pages.queries.home import last_written, went_live
from apps.prompts.queries import visible_prompts
from apps.prompts.queries.found import recent_prompts


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What needs me, what I was writing, what went live."""
    tab = tab_named(request.GET.get("tab"))
    written = last_written(person_of(request))
    known = {row.prompt.pk for row in written}
    opened = recent_prompts(person_of(request), 5 + len(known))
    context = {
        "inbox": inbox(person_of(request), tab, request.GET.get("before", "")),
        "written": written,
        "recent": [visit for visit in opened if visit.prompt_id not in known][:5],
        "released": went_live(person_of(request)),
        "is_new": not visible_prompts(person_of(request)).exists(),
    }
    return render(request, "pages/home.html", context)

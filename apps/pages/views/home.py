from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.notifications.queries import ALL, NEEDS, inbox
from apps.pages.queries.home import last_written, went_live
from apps.prompts.queries import visible_prompts


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What needs me, what I was writing, what went live."""
    tab = ALL if request.GET.get("tab") == ALL else NEEDS
    context = {
        "inbox": inbox(request.user, tab, request.GET.get("before", "")),
        "written": last_written(request.user),
        "released": went_live(request.user),
        "is_new": not visible_prompts(request.user).exists(),
    }
    return render(request, "pages/home.html", context)

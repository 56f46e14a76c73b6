from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import whole
from apps.pages.addresses import with_query
from apps.pages.queries.history import PAGE, history_of
from apps.pages.views.prompt import frame
from apps.prompts.forms import VersionForm
from apps.prompts.permissions import can_make_version
from apps.prompts.queries import drafts_of


@require_safe
@login_required
def history(request: HttpRequest, path: str) -> HttpResponse:
    """Who made which version, when and why; compare any two; bring one back as a draft."""
    context = frame(request, path, "history")
    page = whole(request.GET.get("page"), 100) or 1
    found = history_of(context["prompt"], PAGE * page)
    context |= {
        "history": found,
        "more": with_query(request, page=page + 1) if len(found.rows) < found.total else "",
        "kept": drafts_of(context["prompt"]),
        "may_save": can_make_version(person_of(request), context["head"].draft),
        "version_form": VersionForm(),
    }
    return render(request, "pages/history.html", context)

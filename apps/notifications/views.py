from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.signed_in import person_of
from apps.core.navigation import back
from apps.notifications import actions, queries


@require_POST
@login_required
def mark_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, with Undo in the toast; without htmx back to the list, where it can be put back."""
    item = actions.mark_done(pk, actor=person_of(request))
    return _answer(request, _("Done: %(prompt)s") % {"prompt": item.prompt}, undo=item.pk)


@require_POST
@login_required
def mark_undone(request: HttpRequest, pk: int) -> HttpResponse:
    actions.mark_undone(pk, actor=person_of(request))
    return _answer(request, "", undo=None)


def _answer(request: HttpRequest, said: str, undo: int | None) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return back(request, "/")
    tab = queries.ALL if request.POST.get("tab") == queries.ALL else queries.NEEDS
    context = {"inbox": queries.inbox(person_of(request), tab), "said": said, "undo": undo}
    return render(request, "notifications/_inbox.html", context)

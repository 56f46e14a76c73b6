"""How an act on the inbox answers: htmx gets the list anew and a toast, others go back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.signed_in import person_of
from apps.core.navigation import back
from apps.notifications.queries import inbox, tab_named


def answer(request: HttpRequest, said: str, undo: str = "") -> HttpResponse:
    """`undo`: the address that takes the step back."""
    if not request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        if said:
            messages.success(request, said)
        return back(request, "/")
    tab = tab_named(request.POST.get("tab"))
    context = {"inbox": inbox(person_of(request), tab), "said": said, "undo": undo}
    return render(request, "notifications/_inbox.html", context)

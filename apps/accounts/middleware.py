"""Times on pages are those of the reader; what was typed outlives a session that ended."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from apps.accounts.zones import zone


class TimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(zone(request.user.time_zone)):
            return self.get_response(request)


class SignedOutMiddleware:
    """A form that was sent after the session had ended comes back as a page with all that was
    typed, instead of being lost on the way to the sign-in page. Scripts keep texts themselves."""

    HIDDEN = frozenset({"csrfmiddlewaretoken", "password", "next"})

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not self._is_turned_away(request, response):
            return response
        typed = [
            (name, text)
            for name, texts in request.POST.lists()
            for text in texts
            if name not in self.HIDDEN and text.strip()
        ]
        return render(request, "accounts/signed_out.html", {"typed": typed}, status=401)

    def _is_turned_away(self, request: HttpRequest, response: HttpResponse) -> bool:
        if request.method != "POST" or response.status_code != 302 or request.user.is_authenticated:
            return False
        by_script = "HX-Request" in request.headers or "json" in request.headers.get("Accept", "")
        to_sign_in = response.headers["Location"].startswith(resolve_url(settings.LOGIN_URL))
        return to_sign_in and not by_script

"""Origin of each request, and refusals as pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from apps.core.errors import Elsewhere, Invalid, Refused
from apps.core.origin import coming_from
from apps.core.page import reading
from apps.core.verdicts import not_visible

GetResponse = Callable[[HttpRequest], HttpResponse]


BY_LINK = "signed_in_by_link"  # in a session that began with a link of this machine
SIGNED_IN_AT = "signed_in_at"  # when that was, in seconds since 1970


def signed_in_by(request: HttpRequest) -> str:
    """How the session of a call began, as the sign-in package keeps it: "password, totp"."""
    if request.session.get(BY_LINK):
        return "link"
    methods = request.session.get("account_authentication_methods", [])
    began = (one for one in methods if not one.get("reauthenticated"))
    return ", ".join(dict.fromkeys(str(one.get("type") or one.get("method")) for one in began))


def confirmed_at(request: HttpRequest) -> float:
    """When the person of this session last proved who they are: by signing in, or again since."""
    methods = request.session.get("account_authentication_methods", [])
    moments = [one.get("at", 0.0) for one in methods]
    return max([*moments, request.session.get(SIGNED_IN_AT, 0.0)])


class OriginMiddleware:
    """Says where a call comes from; marks every page as private and as one of two shapes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = "api" if request.path.startswith("/api/") else "web"
        here = (request.META.get("REMOTE_ADDR"), uuid.uuid4().hex)
        who = (lambda: signed_in_by(request), lambda: confirmed_at(request))
        with coming_from(source, *here, *who):
            response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response


class ReadingMiddleware:
    """What only reads is of one moment; what writes asks each time."""

    READS = frozenset({"GET", "HEAD"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.READS:
            return self.get_response(request)
        with reading():
            return self.get_response(request)


class SameSiteMiddleware:
    """Refuses a write that a browser says another site began, token or not. Keys bring no cookie,
    so the API is left out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_write = request.method not in ("GET", "HEAD", "OPTIONS")
        foreign = request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"
        if is_write and foreign and not request.path.startswith("/api/"):
            return render(request, "403_csrf.html", status=403)
        return self.get_response(request)


class RefusalMiddleware:
    """Turns an action's refusal into the page that says why and what to do next. The database
    knows no text with a NUL: an address with one leads nowhere, and where one was sent and no form
    caught it, what the database says against it is said to the sender."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = not request.path.startswith("/api/")  # the API answers in its own form
        if is_page and ("\x00" in request.path or _has_nul(request.GET)):
            return render(request, "404.html", {"verdict": not_visible()}, status=404)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Elsewhere):
            return HttpResponseRedirect(error.address)
        if isinstance(error, DataError) and _has_nul(request.POST):
            error = Invalid(_("A NUL cannot be kept: take that character out of the text."))
        if isinstance(error, Refused):
            context = {"verdict": error.verdict}
            return render(request, f"{error.status}.html", context, status=error.status)
        if isinstance(error, Invalid):
            return render(request, "422.html", {"errors": error.errors}, status=422)
        return None


def _has_nul(sent: QueryDict) -> bool:
    return any("\x00" in word for name, words in sent.lists() for word in (name, *words))

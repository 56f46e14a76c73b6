"""The page for when the database does not answer: at once, in plain words, and with what was typed
to be sent again."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from urllib.parse import parse_qsl

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as broken

FORM = "application/x-www-form-urlencoded"
MAX_TYPED = 1024 * 1024  # bytes of a form that is sent back
RETRY_AFTER = 5  # seconds
Typed = list[tuple[str, str]]


def away_page(address: str, typed: Typed = ()) -> str:  # type: ignore[assignment]  # nothing typed
    """`address` is where the form goes again; a password is typed again by its owner."""
    kept = [(name, value) for name, value in typed if "password" not in name.lower()]
    words = [value for name, value in kept if name != "csrfmiddlewaretoken" and " " in value]
    return render_to_string("503.html", {"address": address, "typed": kept, "words": words})


def typed_in(body: bytes, headers: Mapping[str, str]) -> Typed:
    """The fields of a form that a browser sent; nothing of what is no such form, or too large."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM or len(body) > MAX_TYPED:
        return []
    return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)


class OneLine(logging.Filter):
    """A database that is away is no fault of the code: each page that meets it is one line of the
    log, without the way through the code, which would fill the disk while it lasts."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OperationalError | InterfaceError):
            record.msg = f"{record.getMessage()}: {str(error).partition(chr(10))[0]}"
            record.args, record.exc_info = None, None
        return True


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500, but for a database that is away: that is 503, and nobody's fault here."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return broken(request)
    typed: Typed = []
    if request.method == "POST" and request.content_type == FORM:
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
    page = away_page(request.get_full_path(), typed)
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})

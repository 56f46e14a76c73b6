"""Who only reads is shown a page of one moment."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.teams.rights import reading

READS = {"GET", "HEAD"}


class ReadingMiddleware:
    """Rights are asked for once a page; what writes asks each time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in READS:
            return self.get_response(request)
        with reading():
            return self.get_response(request)

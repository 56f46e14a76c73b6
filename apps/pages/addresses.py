"""Addresses of the same page with one filter changed."""

from __future__ import annotations

from django.http import HttpRequest


def with_query(request: HttpRequest, **changes: object) -> str:
    """This page's path and query with `changes`; a value of "" or None drops the key."""
    query = request.GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in ("", None):
            query[key] = str(value)
    text = query.urlencode(safe="/")
    return f"{request.path}?{text}" if text else request.path

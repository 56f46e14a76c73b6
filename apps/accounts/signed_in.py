"""The person whose page it is."""

from __future__ import annotations

from django.http import HttpRequest

from apps.accounts.models import User


def person_of(request: HttpRequest) -> User:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user

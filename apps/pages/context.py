"""What every page shows around its content: which room one is in, and what waits."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from apps.audit.restored import can_release_at_all
from apps.core.verdicts import Verdict
from apps.notifications.queries import count_waiting
from apps.reviews.queries import waiting_for

ROOMS = {
    "home": "home",
    "reviews": "reviews",
    "review": "reviews",
    "board": "releases",
    "audit": "audit",
    "help": "help",
    "check_access": "admin",
    "search": "search",
    "registry": "prompts",
    "new_prompt": "prompts",
}
ROOM_OF_APP = {
    "prompts": "prompts",
    "reviews": "reviews",
    "releases": "releases",
    "evaluations": "tests",
    "experiments": "experiments",
    "teams": "admin",
    "environments": "admin",
    "accounts": "account",
    "audit": "audit",
    "analytics": "analytics",
}


class Navigation:
    """Read by `base.html`. The counts are asked only where they are drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def section(self) -> str:
        match = self._request.resolver_match
        if match is None:
            return ""
        if match.route.startswith("admin/"):
            return "admin"
        if match.app_name == "evaluations" and "/playground/" in self._request.path:
            return "playground"
        if match.app_name != "pages":
            return ROOM_OF_APP.get(match.app_name, "")
        name = match.url_name or ""
        return ROOMS.get(name, "admin" if name.startswith("admin") else "prompts")

    @cached_property
    def needs_you(self) -> int:
        return count_waiting(self._request.user) if self._request.user.is_authenticated else 0

    @cached_property
    def held_up(self) -> Verdict:
        """Refuses while nothing is released at all: an older database was put back."""
        return can_release_at_all()

    @cached_property
    def reviews(self) -> int:
        return len(waiting_for(self._request.user)) if self._request.user.is_authenticated else 0


def navigation(request: HttpRequest) -> dict[str, Any]:
    return {"nav": Navigation(request)}

"""The audit page and its exports. What one may not see is in neither."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.audit import queries
from apps.audit.proof import proof_lines
from apps.audit.queries import Filters, filtered, newest
from apps.audit.table import table_lines
from apps.core.errors import require
from apps.core.numbers import whole
from apps.pages.addresses import with_query
from apps.pages.queries import trail
from apps.teams.permissions import can_administer, can_manage_people
from apps.teams.queries import managed_entries, visible_entries, visible_namespaces

KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


def reader(request: HttpRequest) -> User:
    """The signed-in person; views here are behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


@require_safe
@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, when and why, newest first; `?before=` asks for what is older."""
    person = reader(request)
    places = visible_namespaces(person)
    wanted = trail.filters_of(request.GET, places)
    everything = visible_entries(person)
    number = whole(request.GET.get("before"))
    lines, older = newest(filtered(everything, wanted), number)
    days = trail.days(lines, person)
    context: dict[str, Any] = {
        "days": days,
        "older": with_query(request, before=older, day=days[-1].date) if older else "",
        "is_older": number is not None,
        "newest": with_query(request, before="", day=""),
        "filtered": any(request.GET.get(key) for key in FILTER_KEYS),
    }
    if request.headers.get("HX-Request") == "true" and number is not None:
        context["continued"] = request.GET.get("day", "")
        return render(request, "pages/audit.html#lines", context)
    context |= _chosen(request, wanted)
    context["manages"] = bool(can_manage_people(person))
    context["check"] = queries.last_check() if context["manages"] else None
    return render(request, "pages/audit.html", context)


FILTER_KEYS = ("who", "group", "in", "environment", "period", "since", "until", "object")


def _chosen(request: HttpRequest, wanted: Filters) -> dict[str, Any]:
    """Each filter with its choices, what is chosen, and the address without it."""
    seen = visible_entries(request.user)
    actors = queries.recent_actors(seen)
    environments = queries.recent_environments(seen)
    present = queries.recent_groups(seen)
    groups = [(code, _(words)) for code, words in trail.GROUPS.items() if code in present]
    spaces = [(space.path, str(space)) for space in visible_namespaces(request.user) if space.path]
    periods = [(code, _(words)) for code, words in trail.PERIOD_WORDS.items()]
    get = request.GET.get
    return {
        "filters": [
            _filter(request, _("Anyone"), "who", actors),
            _filter(request, _("Everything"), "group", groups),
            _filter(request, _("All namespaces"), "in", spaces),
            _filter(request, _("Any environment"), "environment",
                    [(name, name.capitalize()) for name in environments]),
            _filter(request, _("Any time"), "period", periods),
        ],
        "object": trail.object_name(seen, wanted.target) if wanted.target else "",
        "no_object": with_query(request, object="", before="", day=""),
        "since": get("since", ""),
        "until": get("until", ""),
        "kept": [(k, v) for k, v in request.GET.items() if k not in DATES],
        "table_url": _export_url(request, "csv"),
        "proof_url": _export_url(request, "jsonl") if can_administer(reader(request)) else "",
    }  # fmt: skip


DATES = ("since", "until", "period", "before", "day")


def _filter(
    request: HttpRequest, label: str, key: str, choices: list[tuple[str, str]]
) -> dict[str, Any]:
    now = request.GET.get(key, "")
    return {
        "label": label,
        "value": dict(choices).get(now, now),
        "clear": with_query(request, **{key: "", "before": "", "day": ""}),
        "items": [
            {
                "label": words,
                "url": with_query(request, **{key: code, "before": "", "day": ""}),
                "current": code == now,
            }
            for code, words in choices
        ],
    }


def _export_url(request: HttpRequest, kind: str) -> str:
    query = with_query(request, before="", day="").partition("?")[2]
    return reverse("pages:audit_export", args=[kind]) + (f"?{query}" if query else "")


@require_safe
@login_required
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """What the page's filters show, whole, as CSV for reading or JSON Lines for proving.

    The proof holds addresses of colleagues' machines: it has what one manages, nothing else.
    """
    person = reader(request)
    if form not in KINDS:
        raise Http404
    if form == "jsonl":
        require(can_administer(person))
    places = visible_namespaces(person)
    wanted = trail.filters_of(request.GET, places)
    shown = managed_entries(person) if form == "jsonl" else visible_entries(person)
    entries = filtered(shown, wanted)
    names = {space.pk: str(space) for space in places}
    lines = proof_lines(entries)
    if form == "csv":
        lines = table_lines(entries, names, addresses=bool(can_manage_people(person)))
    answer = StreamingHttpResponse(_streamed(request, lines), content_type=KINDS[form])
    day = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="galley-audit-{day}.{form}"'
    return answer


def _streamed(
    request: HttpRequest, lines: Iterator[bytes]
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """Chunk by chunk under either server: Django would otherwise collect it all in memory."""
    return _asynchronous(lines) if isinstance(request, ASGIRequest) else lines


async def _asynchronous(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(lines, None))
    while (chunk := await following()) is not None:
        yield chunk

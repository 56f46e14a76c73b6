"""The audit page: lines with links, by day, and the filters that the address holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.accounts.queries import names_of
from apps.audit.models import AuditEntry
from apps.audit.queries import Filters, Line
from apps.core.text import listing
from apps.prompts.queries import visible_prompts
from apps.reviews.queries import visible_reviews
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces

GROUPS = {
    "prompts": "Prompts",
    "reviews": "Reviews",
    "releases": "Releases",
    "evaluations": "Tests",
    "environments": "Rules and keys",
    "teams": "People and rights",
}
SOURCES = {"web": "Web", "api": "API", "command": "Command line", "task": "Galley itself"}
PERIODS = {"today": 0, "week": 7, "month": 30}
PERIOD_WORDS = {"today": "Today", "week": "Last 7 days", "month": "Last 30 days"}


@dataclass(frozen=True)
class Row:
    """A line with what only higher apps know: the object's address, who it was done for."""

    line: Line
    url: str
    on_behalf: str
    source: str


@dataclass(frozen=True)
class Day:
    date: str
    title: str
    rows: list[Row]


def days(lines: list[Line], actor: Any) -> list[Day]:
    """Lines by day in the reader's time zone, newest first."""
    urls, names = _urls(lines, actor), _names(lines)
    found: dict[dt.date, list[Row]] = {}
    for line in lines:
        entry = line.entry
        row = Row(
            line,
            urls.get((entry.target_kind, entry.target_id), ""),
            listing([names.get(who, who) for who in entry.on_behalf]),
            _(SOURCES.get(entry.source, entry.source)),
        )
        found.setdefault(timezone.localdate(entry.at), []).append(row)
    return [Day(day.isoformat(), day_title(day), rows) for day, rows in found.items()]


def day_title(day: dt.date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - dt.timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "l j F" if day.year == today.year else "l j F Y")


def _names(lines: Iterable[Line]) -> dict[str, str]:
    """ "person:12" → name, for those on whose behalf something was done."""
    codes = {who for line in lines for who in line.entry.on_behalf}
    ids = [code.partition(":")[2] for code in codes if code.startswith("person:")]
    return {f"person:{pk}": name for pk, name in names_of(ids).items()}


def _urls(lines: Iterable[Line], actor: Any) -> dict[tuple[str, str], str]:
    """Addresses of the objects that still are there for the actor; at most one query a kind."""
    wanted: dict[str, set[str]] = {}
    for line in lines:
        wanted.setdefault(line.entry.target_kind, set()).add(line.entry.target_id)
    found: dict[tuple[str, str], str] = {}
    for kind, finder in FINDERS.items():
        ids = {int(ident) for ident in wanted.get(kind, ()) if ident.isdecimal()}
        if ids:
            found |= {(kind, str(pk)): url for pk, url in finder(actor, ids)}
    return found


def _prompts(actor: Any, ids: set[int]) -> Iterable[tuple[int, str]]:
    rows = visible_prompts(actor).filter(pk__in=ids).values_list("pk", "path")
    return [(pk, reverse("pages:prompt", args=[path])) for pk, path in rows]


def _versions(actor: Any, ids: set[int]) -> Iterable[tuple[int, str]]:
    rows = visible_prompts(actor).filter(versions__pk__in=ids)
    columns = rows.values_list("versions__pk", "path", "versions__number")
    return [
        (pk, reverse("pages:version", args=[path, number]))
        for pk, path, number in columns
        if pk in ids
    ]


def _reviews(actor: Any, ids: set[int]) -> Iterable[tuple[int, str]]:
    rows = visible_reviews(actor).filter(pk__in=ids).values_list("pk", flat=True)
    return [(pk, reverse("pages:review", args=[pk])) for pk in rows]


def _namespaces(actor: Any, ids: set[int]) -> Iterable[tuple[int, str]]:
    rows = visible_namespaces(actor).filter(pk__in=ids).values_list("pk", "path")
    return [(pk, f"{reverse('pages:registry')}?in={path}") for pk, path in rows]


def _teams(actor: Any, ids: set[int]) -> Iterable[tuple[int, str]]:
    return [(pk, reverse("pages:admin_team", args=[pk])) for pk in ids]


Finder = Callable[[Any, set[int]], Iterable[tuple[int, str]]]
FINDERS: dict[str, Finder] = {
    "prompt": _prompts,
    "version": _versions,
    "review": _reviews,
    "namespace": _namespaces,
    "team": _teams,
}


def filters_of(get: Any, places: QuerySet[Namespace]) -> Filters:
    """The filters of an address; what means nothing is left out."""
    groups = tuple(group for group in get.getlist("group") if group in GROUPS)
    place = get.get("in", "")
    below = None
    if place:
        here = places.filter(path=place).values_list("pk", flat=True)
        below = tuple(places.filter(lineage__overlap=list(here)).values_list("pk", flat=True))
    return Filters(
        actor=get.get("who", ""),
        groups=groups,
        target=get.get("object", ""),
        environment=get.get("environment", ""),
        namespaces=below,
        since=_since(get),
        until=_date(get.get("until", ""), 1),
    )


def _since(get: Any) -> dt.datetime | None:
    period = get.get("period", "")
    if period in PERIODS:
        return _midnight(timezone.localdate() - dt.timedelta(days=PERIODS[period]))
    return _date(get.get("since", ""), 0)


def _date(text: str, days_after: int) -> dt.datetime | None:
    try:
        return _midnight(dt.date.fromisoformat(text) + dt.timedelta(days=days_after))
    except (ValueError, OverflowError):
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def object_name(entries: QuerySet[AuditEntry], target: str) -> str:
    """The name that the object of "kind:id" had last, in the entries that one may see."""
    kind, _colon, ident = target.partition(":")
    last = entries.filter(target_kind=kind, target_id=ident).order_by("-seq").first()
    label = last and last.labels.filter(role="target").first()
    return label.label if label else target

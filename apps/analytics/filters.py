"""What the address asks for. What does not exist, and what may not be seen, are both left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.analytics.periods import LONGEST, RANGES, USUAL, Period, between, last_days
from apps.analytics.scopes import Scope
from apps.environments.models import Environment
from apps.environments.queries import environments
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.teams.models import Namespace, Team
from apps.teams.queries import visible_namespaces

RANGE_WORDS = {
    "1": _("Last 24 hours"),
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "90": _("Last 90 days"),
    "own": _("Own days"),
}
EARLIEST = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class Days:
    """The chosen range; `first` and `last` where the days were given."""

    chosen: str
    period: Period
    first: dt.date
    last: dt.date


def days_of(asked: Mapping[str, str], now: dt.datetime) -> Days:
    """`range=7`, or `range=own&from=2026-11-01&to=2026-11-07`; anything else is the usual range."""
    chosen = asked.get("range", USUAL)
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if chosen == "own" and first and last and first <= last:
        first = max(first, last - dt.timedelta(days=LONGEST - 1))
        return Days("own", between(first, last, now), first, last)
    chosen = chosen if chosen in RANGES else USUAL
    period = last_days(RANGES[chosen], now)
    return Days(chosen, period, period.since.date(), now.astimezone(dt.UTC).date())


def _day(text: str) -> dt.date | None:
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= dt.date(2999, 1, 1) else None


@dataclass(frozen=True)
class Filters:
    days: Days
    places: list[Environment]
    place: Environment | None
    namespaces: list[Namespace]
    namespace: Namespace | None
    teams: list[Team]
    team: Team | None
    prompts: tuple[int, ...]

    @property
    def scope(self) -> Scope:
        return Scope(self.prompts, self.days.period, self.place.pk if self.place else None)


def filters_of(actor: Any, asked: Mapping[str, str], now: dt.datetime) -> Filters:
    """`range`, `environment`, `in` (a namespace) and `team` (its id)."""
    rows = visible_prompts(actor)
    namespaces = list(visible_namespaces(actor).exclude(path="").order_by("path"))
    namespace = _named(namespaces, "path", asked.get("in"))
    teams = list(Team.objects.filter(pk__in=rows.values("owner")).order_by("name"))
    team = _named(teams, "pk", asked.get("team"))
    places = environments()
    return Filters(
        days=days_of(asked, now),
        places=places,
        place=_named(places, "name", asked.get("environment")),
        namespaces=namespaces,
        namespace=namespace,
        teams=teams,
        team=team,
        prompts=_ids(_narrowed(rows, namespace, team)),
    )


def _narrowed(
    rows: QuerySet[Prompt], namespace: Namespace | None, team: Team | None
) -> QuerySet[Prompt]:
    if namespace is not None:
        rows = rows.filter(namespace__lineage__contains=[namespace.pk])
    return rows.filter(owner=team) if team is not None else rows


def _ids(rows: QuerySet[Prompt]) -> tuple[int, ...]:
    return tuple(rows.order_by().values_list("pk", flat=True))


def _named(rows: list[Any], field: str, wanted: str | None) -> Any:
    return next((row for row in rows if wanted and str(getattr(row, field)) == wanted), None)

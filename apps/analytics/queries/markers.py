"""The releases on a time axis."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apps.analytics.periods import full_hour, midnight
from apps.analytics.scopes import Scope
from apps.environments.models import Release
from apps.environments.states import How

MOST = 500


@dataclass(frozen=True)
class Marker:
    """What went live in one bar of the chart: `words` for one release, else how many."""

    at: datetime
    releases: tuple[Release, ...]

    @property
    def back(self) -> bool:
        return any(release.how == How.ROLL_BACK for release in self.releases)


def markers(scope: Scope) -> list[Marker]:
    """Steps of a rollout are left out, but for the last: the version was there before."""
    period = scope.period
    rows = Release.objects.filter(
        prompt__in=scope.prompts, made_at__gte=period.since, made_at__lt=period.until
    )
    if scope.environment is not None:
        rows = rows.filter(environment=scope.environment)
    rows = rows.exclude(how=How.STEP, split__isnull=False)
    related = rows.select_related("version", "prompt", "environment").defer("version__content")
    start = full_hour if period.by_hour else midnight
    found: dict[datetime, list[Release]] = {}
    for release in reversed(list(related.order_by("-made_at")[:MOST])):
        found.setdefault(start(release.made_at), []).append(release)
    return [Marker(at, tuple(releases)) for at, releases in found.items()]

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.environments.models import Environment, Release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version


def _rows(prompt: Prompt) -> QuerySet[Release]:
    joined = Release.objects.filter(prompt=prompt).select_related(
        "version", "environment", "made_by", "replaced__version", "follow_up__closed_by"
    )
    return joined.defer("version__content", "replaced__version__content")


def timeline(prompt: Prompt, limit: int = 100) -> list[Release]:
    """What went live where, newest first."""
    return list(_rows(prompt).order_by("-pk")[:limit])


def releases_of(prompt: Prompt, environment: Environment) -> list[Release]:
    """Everything that went live in one environment, newest first."""
    return list(_rows(prompt).filter(environment=environment).order_by("-revision"))


@dataclass(frozen=True)
class Target:
    """A version that one can roll back to, and when it was live there last."""

    version: Version
    live_from: dt.datetime
    live_to: dt.datetime

    @property
    def words(self) -> str:
        """For example: v12, live from 9 November to 18 November."""
        first, last = (date_format(localtime(at), "j F") for at in (self.live_from, self.live_to))
        if first == last:
            return _("%(version)s, live on %(day)s") % {"version": self.version, "day": first}
        return _("%(version)s, live from %(first)s to %(last)s") % {
            "version": self.version,
            "first": first,
            "last": last,
        }


def rollback_targets(prompt: Prompt, environment: Environment) -> list[Target]:
    """Versions that were live there and are not now, the one that was live last first."""
    rows = releases_of(prompt, environment)
    if not rows:
        return []
    found: dict[int, Target] = {}
    live = None if rows[0].is_experiment else rows[0].version_id
    for later, row in pairwise(rows):
        if row.version_id != live:
            found.setdefault(row.version_id, Target(row.version, row.made_at, later.made_at))
    return list(found.values())


def how_it_comes(version: Version, environment: Environment) -> How:
    """Promoted when it was live in an environment before this one, else released."""
    if environment.position is None:
        return How.PUBLISH
    before = Release.objects.filter(version=version, environment__position__lt=environment.position)
    return How.PROMOTE if before.exists() else How.PUBLISH

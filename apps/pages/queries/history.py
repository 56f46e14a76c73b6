"""The versions of a prompt, with where each is live."""

from __future__ import annotations

from dataclasses import dataclass

from apps.environments.models import Deployment, Environment
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import versions_of

PAGE = 50


@dataclass(frozen=True)
class VersionRow:
    version: Version
    live_in: list[Environment]


@dataclass(frozen=True)
class History:
    rows: list[VersionRow]
    total: int


def history_of(prompt: Prompt, limit: int = PAGE) -> History:
    """The newest `limit` versions. Three queries, however many there are."""
    versions = versions_of(prompt)
    pointers = Deployment.objects.filter(prompt=prompt).select_related("environment", "release")
    live: dict[int, list[Environment]] = {}
    for pointer in pointers.order_by("environment__position"):
        live.setdefault(pointer.release.version_id, []).append(pointer.environment)
    rows = [VersionRow(version, live.get(version.pk, [])) for version in versions[:limit]]
    return History(rows, versions.count())

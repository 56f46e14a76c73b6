"""One card of the board, opened: what is live in one place (or waits as a draft), what it changed,
who approved it, and what happened there before."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.environments.models import Environment, Release
from apps.environments.queries import environments, live_release
from apps.prompts.models import Prompt, Version
from apps.releases.models import Schedule
from apps.releases.permissions import can_release_version
from apps.releases.queries import Rollout, releases_of, rollout_of, timeline
from apps.releases.queries.changes import Changes, changes_from
from apps.releases.queries.schedules import schedules_of
from apps.reviews.models import Decision
from apps.reviews.states import DecisionKind

LINES = 8


@dataclass(frozen=True)
class OpenCard:
    """`environment` None: what is not live yet. `before`: the release whose words `changes`
    compares with; `next`: where it could be planned for, if this person may."""

    environment: Environment | None
    release: Release | None
    version: Version | None
    before: Release | None
    changes: Changes | None
    approvals: list[Decision]
    lines: list[Release]
    more: bool
    next: Environment | None
    plan: Schedule | None

    @property
    def rollout(self) -> Rollout | None:
        return rollout_of(self.release)


def open_card(person: User, prompt: Prompt, environment: Environment | None) -> OpenCard:
    rows = releases_of(prompt, environment) if environment else timeline(prompt, LINES + 1)
    release = rows[0] if environment and rows else None
    version = release.version if release else None
    if environment is None:
        version = prompt.versions.first()
    before = _before(prompt, version, rows if environment else [])
    place = _next(person, prompt, version, environment)
    return OpenCard(
        environment, release, version, before,
        changes_from(before, version) if version else None,
        _approvals(version) if version else [],
        rows[:LINES], len(rows) > LINES, place,
        schedules_of(prompt).get(place.pk) if place else None,
    )  # fmt: skip


def _before(prompt: Prompt, version: Version | None, rows: list[Release]) -> Release | None:
    """The last release of other words there; for a draft, what is live in the first place."""
    if version is None:
        return None
    found = rows or [row for place in _ordered() if (row := live_release(prompt, place))]
    return next((row for row in found if row.version_id != version.pk), None)


def _ordered() -> list[Environment]:
    return [place for place in environments() if place.position is not None]


def _next(
    person: User, prompt: Prompt, version: Version | None, environment: Environment | None
) -> Environment | None:
    """The next place in the order, where this person could release it."""
    here = environment.position if environment else -1
    after = [place for place in _ordered() if here is not None and (place.position or 0) > here]
    if version is None or not after:
        return None
    version.prompt = prompt
    return after[0] if can_release_version(person, version, after[0]) else None


def _approvals(version: Version) -> list[Decision]:
    """Who approved these words, for which environment, the last word of each person."""
    rows = Decision.objects.filter(
        round__version=version, content_hash=version.content_hash, kind=DecisionKind.APPROVE
    )
    joined = rows.select_related("person", "round__review__environment").order_by("pk")
    return list({row.person_id: row for row in joined}.values())

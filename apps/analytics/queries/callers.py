"""Which application still fetches a prompt, and with which version it calls a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max
from django.db.models import Sum as Added
from django.utils import timezone

from apps.analytics.models import HourFigure
from apps.environments.models import ApiKey
from apps.environments.queries import live_map
from apps.environments.uses import LATELY, callers
from apps.prompts.models import Prompt


@dataclass(frozen=True)
class Sent:
    """Calls with one version: how many, and in which hour the last one began."""

    number: int
    calls: int
    last: datetime


@dataclass
class Application:
    """A key, when it last fetched, and the versions of which it told calls, the newest first.
    `live`: the numbers of the versions that its environment serves now."""

    key: ApiKey
    fetched_at: datetime | None = None
    sent: list[Sent] = field(default_factory=list)
    live: frozenset[int] = frozenset()

    @property
    def is_fresh(self) -> bool:
        """In the last day something of it was heard, and no call of an old version alone."""
        return self.last is not None and timezone.now() - self.last < timedelta(days=1)

    @property
    def last(self) -> datetime | None:
        seen = [moment for moment in (self.fetched_at, *(s.last for s in self.sent)) if moment]
        return max(seen, default=None)

    @property
    def old(self) -> list[Sent]:
        """What it called lately that its environment serves no more."""
        return [sent for sent in self.sent if self.live and sent.number not in self.live]

    @property
    def is_behind(self) -> bool:
        """The last hour it told of has no call with a version that is served."""
        newest = max((sent.last for sent in self.sent), default=None)
        return bool(self.live) and newest is not None and not any(
            sent.last == newest and sent.number in self.live for sent in self.sent
        )  # fmt: skip


def who_fetches_what(prompt: Prompt, within: timedelta = LATELY) -> list[Application]:
    """The applications of which anything was heard lately, the last one first."""
    found = {use.key_id: Application(use.key, use.last_used_at) for use in callers(prompt, within)}
    rows = HourFigure.objects.filter(
        prompt=prompt, hour__gt=timezone.now() - within, key__revoked_at=None
    )
    sums = rows.values("key", "version__number").annotate(n=Added("calls"), last=Max("hour"))
    told = list(sums.order_by("-version__number"))
    missing = {row["key"] for row in told} - set(found)
    for key in ApiKey.objects.select_related("environment", "owner").filter(pk__in=missing):
        found[key.pk] = Application(key)
    for row in told:
        found[row["key"]].sent.append(Sent(row["version__number"], row["n"], row["last"]))
    _say_what_is_live(prompt, found)
    oldest = datetime.min.replace(tzinfo=timezone.get_default_timezone())
    return sorted(found.values(), key=lambda one: one.last or oldest, reverse=True)


def _say_what_is_live(prompt: Prompt, found: dict[int, Application]) -> None:
    served: dict[int, frozenset[int]] = {}
    for (_prompt, environment), deployment in live_map([prompt]).items():
        release = deployment.release
        split = {int(arm["version"]) for arm in release.split["arms"]} if release.split else set()
        served[environment] = frozenset(split or {release.version.number})
    for application in found.values():
        application.live = served.get(application.key.environment_id, frozenset())

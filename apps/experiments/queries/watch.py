"""What the guards of a rollout see now, and whether its next step is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from apps.core.clock import database_now
from apps.delivery.calls.chosen import units
from apps.delivery.calls.unit_facts import Watched
from apps.environments.models import Release
from apps.experiments.facts import NOTHING, sample_of, sums_by_day
from apps.experiments.metrics import Guard
from apps.experiments.models import RolloutPlan
from apps.experiments.queries.seen import SKEW
from apps.experiments.readings import guard_limit
from apps.experiments.sentences import harm_words
from apps.experiments.states import Hold
from apps.experiments.statistics import Limit, Sample

OLD, NEW = "a", "b"


@dataclass(frozen=True)
class Watch:
    """`units`: arm → customers so far; `guards`: what each of them sees."""

    plan: RolloutPlan
    release: Release
    units: dict[str, int]
    guards: list[tuple[Guard, Sample, Sample, Limit]]

    @property
    def harm(self) -> str:
        """A sentence for each guard that is broken."""
        versions = tuple(arm["version"] for arm in (self.release.split or {})["arms"])
        return " ".join(
            harm_words(guard, (versions[0], versions[-1]), first, other)
            for guard, first, other, found in self.guards
            if found == "broken"
        )

    @property
    def evidence(self) -> dict[str, Any]:
        """What is kept in the record of the release."""
        return {
            "share": self.release.share,
            "units": self.units,
            "guards": [
                {
                    "metric": guard.metric.key,
                    "worse": guard.worse,
                    "before": round(first.mean, 6),
                    "after": round(other.mean, 6),
                    "units": [first.units, other.units],
                    "limit": found,
                }
                for guard, first, other, found in self.guards
            ],
        }

    def due(self, now: datetime) -> int | None:
        """The next share, where its hold is over."""
        share = self.plan.next_share(self.release.share)
        if share is None or self.plan.hold_kind == Hold.PERSON:
            return None
        if self.plan.hold_kind == Hold.TIME:
            hours = timedelta(hours=self.plan.hold_amount)
            return share if self.release.made_at + hours <= now else None
        return share if self.units.get(NEW, 0) >= self._sample_wanted() else None

    def _sample_wanted(self) -> int:
        """So many customers for each step that was taken."""
        taken = sum(1 for step in self.plan.steps if step <= self.release.share)
        return int(self.plan.hold_amount) * max(1, taken)


def watch(plan: RolloutPlan, release: Release) -> Watch:
    place = Watched(
        plan.environment_id,
        plan.prompt_id,
        plan.split_id,
        _begun(plan) - SKEW,
        database_now() + SKEW,
    )
    seen: dict[str, int] = {}
    for row in units().exposed(place):
        seen[row.arm] = seen.get(row.arm, 0) + row.units
    return Watch(plan, release, seen, [_seen(place, guard) for guard in plan.limits])


def _begun(plan: RolloutPlan) -> datetime:
    rows = Release.objects.filter(prompt=plan.prompt_id, environment=plan.environment_id)
    first = rows.filter(split__id=plan.split_id).order_by("revision").first()
    return first.made_at if first else plan.made_at


def _seen(place: Watched, guard: Guard) -> tuple[Guard, Sample, Sample, Limit]:
    rows = units().unit_days(place, guard.metric.source, guard.metric.name)
    last = max((row.day for row in rows), default=None)
    sums = sums_by_day([row._replace(day=last) for row in rows], [last]) if last else {}
    first, other = (
        sample_of(sums[arm][-1] if arm in sums else NOTHING, guard.metric) for arm in (OLD, NEW)
    )
    return guard, first, other, guard_limit(guard, first, other)

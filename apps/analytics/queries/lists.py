"""Which prompts moved, which are unused, what teams pay: lists beside the charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.analytics.queries.figures import by
from apps.analytics.scopes import Scope, Sum
from apps.environments.uses import last_uses, live_but_unused
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts

SHOWN = 5
WORTH_SAYING = 20  # calls: fewer than so many more or less is no movement


@dataclass(frozen=True)
class Mover:
    prompt: Prompt
    now: Sum
    before: Sum

    @property
    def more(self) -> int:
        return self.now.calls - self.before.calls

    @property
    def share(self) -> float | None:
        """How much more or less, of what it was; None where nothing was."""
        return self.more / self.before.calls if self.before.calls else None


@dataclass(frozen=True)
class TeamCost:
    """`team`: "" for prompts that belong to none."""

    team: str
    sums: Sum


def movers(scope: Scope, now: Mapping[tuple[Any, ...], Sum] | None = None) -> list[Mover]:
    """The prompts whose calls changed most against the time before."""
    now = by(scope, "prompt") if now is None else now
    before = by(scope.before, "prompt")
    prompts = Prompt.objects.in_bulk({key[0] for key in (*now, *before)})
    found = [
        Mover(prompt, now.get((pk,), Sum()), before.get((pk,), Sum()))
        for pk, prompt in prompts.items()
    ]
    moved = [mover for mover in found if abs(mover.more) >= WORTH_SAYING]
    return sorted(moved, key=lambda mover: (-abs(mover.more), mover.prompt.path))[:SHOWN]


def unused(actor: Any, scope: Scope) -> list[Prompt]:
    """Live for 30 days, fetched by no key in that time, and no call in the time shown."""
    rows = live_but_unused(visible_prompts(actor).filter(pk__in=scope.prompts))
    called = {key[0] for key, sums in by(scope, "prompt").items() if sums.calls}
    found = list(rows.exclude(pk__in=called).order_by("path")[: SHOWN * 4])
    used = last_uses(found)
    for prompt in found:
        prompt.last_used_at = used.get(prompt.pk)  # type: ignore[attr-defined]  # for the page
    return found


def cost_by_team(scope: Scope) -> list[TeamCost]:
    """What the prompts of each team cost, the dearest first."""
    owners = dict(
        Prompt.objects.filter(pk__in=scope.prompts).values_list("pk", "owner__name").order_by()
    )
    found: dict[str, Sum] = {}
    for (pk,), sums in by(scope, "prompt").items():
        team = owners.get(pk) or ""
        found[team] = found.get(team, Sum()) + sums
    rows = [TeamCost(team, sums) for team, sums in found.items()]
    return sorted(rows, key=lambda row: (-row.sums.cost, row.team))


def tokens_by_model(scope: Scope) -> list[tuple[str, Sum]]:
    rows = [(model, sums) for (model,), sums in by(scope, "model").items()]
    return sorted(rows, key=lambda row: (-row[1].tokens, row[0]))

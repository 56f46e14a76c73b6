from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.audit.restored import can_release_at_all
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release, live_version
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move
from apps.releases.denied import denied
from apps.releases.events import MADE
from apps.releases.gates import gates, on_the_way, own_gates
from apps.releases.permissions import (
    all_open,
    belongs,
    can_go_along,
    can_go_live,
    can_split,
    has_right_there,
    still_live,
)
from apps.releases.queries import how_it_comes
from apps.releases.splits import new_split
from apps.reviews.models import Review


@governed
def release_version(
    prompt: Prompt,
    *,
    version: Version,
    environment: Environment,
    expects: int | None,
    reason: str = "",
    review: Review | None = None,
    acknowledged: bool = False,
    share: int | None = None,
    actor: Actor,
) -> Release:
    """Make a version live. `expects` is the id of the release that it replaces (None: nothing).
    `share`: by steps, beginning with so many percent of the traffic; None: all at once.

    Where the rule keeps the order, environments before it that never had this version get it in the
    same transaction, under their own gates. Refused: 403 without the right there, 409 with code
    `stale_release` when something else is live, `gate_closed` when a gate is.
    """
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    refusal = denied(MADE, version, environment)
    require(belongs(version, prompt, review), refusal)
    require(has_right_there(actor, prompt, environment), refusal)
    require(still_live(live_release(prompt, environment), expects, environment), refusal)
    require(can_go_live(prompt, version, environment), refusal)
    require(can_release_at_all(), refusal)
    if share is not None:
        require(can_split(prompt, environment, share), refusal)
    require(all_open(gates(version, environment, acknowledged=acknowledged)), refusal)
    for place in on_the_way(version, environment):
        release_on_the_way(
            version, environment=place, reason=reason, review=review, refusal=refusal, actor=actor
        )
    how = how_it_comes(version, environment)
    before = live_version(prompt, environment)
    split = (
        new_split(before.number, version.number, share) if before and share is not None else None
    )
    move = Move(prompt, version, environment, how, reason, review, actor, split)
    release = move.write()
    record(MADE, **move.entry(release, acknowledged=acknowledged))
    return release


@governed
def release_on_the_way(
    version: Version,
    *,
    environment: Environment,
    reason: str,
    review: Review | None,
    refusal: Mapping[str, Any] | None,
    on_behalf: Sequence[Actor] = (),
    authority: Actor | None = None,
    actor: Actor,
) -> Release:
    """The part of a release that goes to an environment before its own: with its own right, its own
    gates and its own entry. It has no caller but a release that goes further. `refusal` is how
    that one's is written down: where this part is refused, all of it is. `authority`: whose right
    counts, where the system acts for somebody."""
    prompt = version.prompt
    hold_rules(prompt, environment)
    refusal = refusal or denied(MADE, version, environment)
    require(can_go_along(authority or actor, version, environment, review), refusal)
    require(all_open(own_gates(version, environment)), refusal)
    move = Move(
        prompt, version, environment, how_it_comes(version, environment), reason, review, actor
    )
    release = move.write()
    record(MADE, **move.entry(release, on_behalf=on_behalf))
    return release

"""The traffic of a place shared between versions, for an experiment. What is live stays live: the
others get a part of the traffic, each under its own gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apps.audit.restored import can_release_at_all
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move
from apps.releases.actions.release import release_on_the_way
from apps.releases.assignment import Condition
from apps.releases.audience import audience_fits
from apps.releases.denied import denied
from apps.releases.events import SHARED, UNSHARED
from apps.releases.gates import on_the_way
from apps.releases.label_gates import arm_gates
from apps.releases.permissions import (
    all_open,
    belongs,
    can_go_live,
    has_right_there,
    still_live,
)
from apps.releases.sharing_permissions import can_share, can_unshare, shares_fit
from apps.releases.splits import shared


@dataclass(frozen=True)
class Share:
    """A version and its part of the traffic, in percent."""

    version: Version
    weight: int


@governed
def share_traffic(
    prompt: Prompt,
    *,
    environment: Environment,
    shares: Sequence[Share],
    audience: Sequence[Condition] = (),
    expects: int | None,
    reason: str = "",
    acknowledged: bool = False,
    actor: Actor,
) -> Release:
    """Share the traffic between what is live, which comes first, and other versions; with an
    audience, the traffic of those who fit it.

    Each other version passes the gates of a release here, and goes to the environments before it.
    Refused: 403 without the right, 409 with code `stale_release`, `experiment_runs`,
    `rollout_runs`, `bad_shares`, `bad_audience`, `gate_closed`.
    """
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    live = live_release(prompt, environment)
    others = [share.version for share in shares[1:]]
    refusal = denied(SHARED, others[0], environment) if others else None
    for version in others:
        require(belongs(version, prompt), refusal)
    require(has_right_there(actor, prompt, environment), refusal)
    require(still_live(live, expects, environment), refusal)
    require(can_release_at_all(), refusal)
    require(can_share(live, environment), refusal)
    assert live is not None
    require(shares_fit(live, [(share.version, share.weight) for share in shares]), refusal)
    require(audience_fits(audience), refusal)
    for version in others:
        version.prompt = prompt
        require(can_go_live(prompt, version, environment), refusal)
        found = arm_gates(version, environment, acknowledged=acknowledged)
        require(all_open(found), refusal)
    live.version.prompt = prompt
    for version in others:
        for place in on_the_way(version, environment):
            release_on_the_way(
                version, environment=place, reason=reason, review=None, refusal=refusal, actor=actor
            )
    split = shared([(share.version.number, share.weight) for share in shares], audience)
    move = Move(prompt, live.version, environment, How.EXPERIMENT, reason, None, actor, split)
    release = move.write()
    entry = move.entry(release, acknowledged=acknowledged)
    record(SHARED, **entry, arms=split["arms"], split=split["id"], audience=list(audience))
    return release


@governed
def end_sharing(
    prompt: Prompt,
    *,
    environment: Environment,
    expects: int | None,
    reason: str = "",
    actor: Actor,
) -> Release:
    """Everybody gets what is live again. No gate: it was there all the time."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    live = live_release(prompt, environment)
    refusal = denied(UNSHARED, live.version, environment) if live else None
    require(has_right_there(actor, prompt, environment), refusal)
    require(still_live(live, expects, environment), refusal)
    require(can_unshare(live, environment), refusal)
    assert live is not None and live.split
    live.version.prompt = prompt
    move = Move(prompt, live.version, environment, How.EXPERIMENT, reason, None, actor)
    release = move.write()
    told = live.split
    record(UNSHARED, **move.entry(release), arms=told["arms"], split=told["id"])
    return release

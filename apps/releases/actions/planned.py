"""What a rollout does by itself: its next step, on behalf of whoever planned it, and the way back
when its guards see harm. Everything is asked again at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt
from apps.releases.actions.pointer import Move
from apps.releases.assignment import WHOLE
from apps.releases.events import ROLLED_BACK, STEPPED
from apps.releases.gates import roll_back_gates, step_gates
from apps.releases.permissions import (
    all_open,
    can_roll_back_to,
    can_step,
    can_take_share,
    still_live,
)
from apps.releases.schedule_permissions import by_itself, still_may
from apps.releases.splits import with_share


@governed
def step_as_planned(
    prompt: Prompt,
    *,
    environment: Environment,
    share: int,
    expects: int | None,
    reason: str,
    planner: User,
    evidence: Mapping[str, Any],
    actor: Actor = SYSTEM,
) -> Release:
    """The next share of a running rollout. Refused: 403 where the planner lost the right, 409 where
    a gate closed, something else is live or no rollout runs."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    require(by_itself(actor))
    require(still_may(planner, prompt, environment))
    live = live_release(prompt, environment)
    require(still_live(live, expects, environment))
    require(can_step(live, environment))
    assert live is not None and live.split
    require(can_take_share(live, share))
    live.version.prompt = prompt
    require(all_open(step_gates(live.version, environment)))
    split = with_share(live.split, share) if share < WHOLE else None
    move = Move(prompt, live.version, environment, How.STEP, reason, None, actor, split)
    release = move.write()
    record(STEPPED, **move.entry(release, on_behalf=[planner]), evidence=dict(evidence))
    return release


@governed
def retreat(
    prompt: Prompt,
    *,
    environment: Environment,
    expects: int | None,
    reason: str,
    planner: User,
    evidence: Mapping[str, Any],
    actor: Actor = SYSTEM,
) -> Release:
    """Everybody gets again what was live before the rollout. Where the rule asks for approvals
    before a roll back, it is refused like one without them."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    require(by_itself(actor))
    live = live_release(prompt, environment)
    require(still_live(live, expects, environment))
    require(can_step(live, environment))
    assert live is not None and live.split
    version = prompt.versions.get(number=live.split["arms"][0]["version"])
    version.prompt = prompt
    require(can_roll_back_to(prompt, version, environment))
    require(all_open(roll_back_gates(version, environment)))
    move = Move(prompt, version, environment, How.ROLL_BACK, reason, None, actor)
    release = move.write()
    record(ROLLED_BACK, **move.entry(release, on_behalf=[planner]), evidence=dict(evidence))
    return release

"""Releases by steps: a person gives the new version another share of the traffic."""

from __future__ import annotations

from typing import Any

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt
from apps.releases.actions.pointer import Move
from apps.releases.assignment import WHOLE
from apps.releases.denied import denied
from apps.releases.events import STEPPED
from apps.releases.gates import step_gates
from apps.releases.permissions import (
    all_open,
    can_step,
    can_take_share,
    has_right_there,
    still_live,
)
from apps.releases.splits import with_share


@governed
def step_rollout(
    prompt: Prompt,
    *,
    environment: Environment,
    share: int,
    expects: int | None,
    reason: str = "",
    actor: Actor,
) -> Release:
    """Give the new version of a running rollout `share` percent (1 to 100) of the traffic; with 100
    the rollout is done. `expects` is the id of the release that the person saw.

    A larger share passes the gates of this moment, but for the approvals that the rollout began
    with. Refused: 403 without the right, 409 `stale_release`, `no_rollout`, `gate_closed`.
    """
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    live = live_release(prompt, environment)
    refusal = _denied(live, environment)
    require(has_right_there(actor, prompt, environment), refusal)
    require(still_live(live, expects, environment), refusal)
    require(can_step(live, environment), refusal)
    assert live is not None and live.split
    require(can_take_share(live, share), refusal)
    if share > live.split["arms"][-1]["weight"]:
        require(all_open(step_gates(live.version, environment)), refusal)
    split = with_share(live.split, share) if share < WHOLE else None
    live.version.prompt = prompt
    move = Move(prompt, live.version, environment, How.STEP, reason.strip(), None, actor, split)
    release = move.write()
    record(STEPPED, **move.entry(release))
    return release


def _denied(live: Release | None, environment: Environment) -> dict[str, Any] | None:
    return denied(STEPPED, live.version, environment) if live else None

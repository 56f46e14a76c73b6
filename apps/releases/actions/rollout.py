"""Releases by steps: a person gives the new version another share of the traffic."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move, Split
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

SALT_BYTES = 16


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
    require(has_right_there(actor, prompt, environment), _denied(live, environment))
    require(still_live(live, expects, environment))
    require(can_step(live, environment))
    assert live is not None and live.split
    refusal = denied(STEPPED, live.version, environment)
    require(can_take_share(live, share), refusal)
    if share > live.split["arms"][-1]["weight"]:
        require(all_open(step_gates(live.version, environment)), refusal)
    split = with_share(live.split, share) if share < WHOLE else None
    live.version.prompt = prompt
    move = Move(prompt, live.version, environment, How.STEP, reason.strip(), None, actor, split)
    release = move.write()
    record(STEPPED, **move.entry(release))
    return release


def new_split(before: Version, version: Version, share: int) -> Split:
    """`share` percent for `version`, the rest for what was live before. A salt of its own: nobody
    is the first in every rollout."""
    return {
        "id": str(uuid.uuid4()),
        "salt": secrets.token_urlsafe(SALT_BYTES),
        "unit": "unit",
        "arms": [
            {"arm": "a", "version": before.number, "weight": WHOLE - share},
            {"arm": "b", "version": version.number, "weight": share},
        ],
    }


def with_share(split: Split, share: int) -> Split:
    """The same split with another share for its last arm; the first takes up the rest."""
    first, last = split["arms"]
    arms = [{**first, "weight": WHOLE - share}, {**last, "weight": share}]
    return {**split, "arms": arms}


def _denied(live: Release | None, environment: Environment) -> dict[str, Any] | None:
    return denied(STEPPED, live.version, environment) if live else None

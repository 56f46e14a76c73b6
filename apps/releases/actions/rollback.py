from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move
from apps.releases.denied import denied
from apps.releases.events import ROLLED_BACK
from apps.releases.gates import roll_back_gates
from apps.releases.permissions import (
    all_open,
    belongs,
    can_roll_back,
    can_roll_back_to,
    still_live,
)


@governed
def roll_back(
    prompt: Prompt,
    *,
    environment: Environment,
    version: Version,
    expects: int | None,
    reason: str,
    actor: Actor,
) -> Release:
    """Make live again what was live there before: a reason, this environment alone, and no approval
    unless the rule asks for it."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    refusal = denied(ROLLED_BACK, version, environment)
    require(belongs(version, prompt), refusal)
    require(can_roll_back(actor, prompt, environment), refusal)
    require(still_live(live_release(prompt, environment), expects, environment), refusal)
    require(can_roll_back_to(prompt, version, environment), refusal)
    require(all_open(roll_back_gates(version, environment)), refusal)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why. Whoever looks later will want to know.")]})
    move = Move(prompt, version, environment, How.ROLL_BACK, reason.strip(), None, actor)
    release = move.write()
    record(ROLLED_BACK, **move.entry(release))
    return release

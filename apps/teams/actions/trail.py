from __future__ import annotations

from apps.audit.actions import note_check
from apps.audit.models import ChainCheck
from apps.audit.queries import walk_chain
from apps.core.actions import working
from apps.core.actors import Actor
from apps.core.errors import require
from apps.teams.permissions import can_manage_people


@working
def check_trail(*, actor: Actor) -> ChainCheck:
    """Walk the whole chain now and keep what was seen."""
    require(can_manage_people(actor))
    return note_check(walk_chain())

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.audit.actions import note_check
from apps.audit.events import RESTORED
from apps.audit.held import walk_all
from apps.audit.models import ChainCheck
from apps.audit.restored import Restored, put_back
from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.teams.permissions import can_acknowledge_restore, can_manage_people
from apps.teams.queries import root_namespace


@working
def check_trail(*, actor: Actor) -> ChainCheck:
    """Walk the whole chain now, beside its checkpoints, and keep what was seen."""
    require(can_manage_people(actor))
    return note_check(walk_all())


@governed
def acknowledge_restore(*, reason: str, actor: Actor) -> Restored:
    """An admin of everything says that an older database was put back on purpose: releases go on,
    and the next checkpoint tells which signed entries were given up."""
    found = put_back()
    require(can_acknowledge_restore(actor, found))
    assert found is not None
    if not reason.strip():
        raise Invalid({"reason": [_("Say why an older database was put back.")]})
    record(
        RESTORED,
        actor=actor,
        target=root_namespace(),
        reason=reason.strip(),
        checkpoint=found.checkpoint,
        signed=found.signed,
        kept=found.kept,
    )
    return found

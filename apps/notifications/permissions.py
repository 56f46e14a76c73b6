from __future__ import annotations

from apps.core.actors import Actor
from apps.core.verdicts import Verdict
from apps.teams.permissions import can_manage_people


def can_manage_letters(actor: Actor | None) -> Verdict:
    """Letters name people and what they work on: a matter of the installation."""
    return can_manage_people(actor)

from __future__ import annotations

from apps.core.actors import Actor
from apps.core.verdicts import Verdict
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_set_keeping_rule(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.MANAGE, namespace)

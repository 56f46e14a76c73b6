"""Who may try a check on answers that are there already."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import Verdict, not_possible
from apps.evaluations.checks import KINDS
from apps.evaluations.models import Check
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_try_check(actor: Actor | None, check: Check) -> Verdict:
    """It may cost money: who may edit the suite. What people judge cannot be tried without them."""
    allowed = can(actor, Capability.EDIT, check.suite)
    kind = KINDS.get(check.kind)
    if allowed and (kind is None or "person" in kind.needs):
        words = _("People judge this check, so there is nothing to try. Ask them to rate answers.")
        return not_possible("by_people", words)
    return allowed

"""Which team answers for a prompt."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import events
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_text
from apps.prompts.models import Prompt
from apps.prompts.permissions import can_give_prompt
from apps.teams.models import Team


@governed
def give_prompt(prompt: Prompt, *, owner: Team | None, reason: str = "", actor: Any) -> Prompt:
    """To another team, or to none. The team answers for it; rights come from the namespace."""
    why = clean_text("reason", reason).strip()
    locked = Desk.lock(prompt.pk)
    require(can_give_prompt(actor, locked, owner))
    before = locked.owner
    if before == owner:
        require(not_possible("nothing_changed", _("This team owns it already.")))
    locked.owner = owner
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.GIVEN,
        actor=actor, target=locked, namespace=locked.namespace, reason=why,
        before={"owner": before.pk if before else None},
        after={"owner": owner.pk if owner else None},
        path=locked.path, owner=str(owner or "no team"), former=str(before or "no team"),
    )  # fmt: skip
    return locked

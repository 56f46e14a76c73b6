from __future__ import annotations

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import visible_prompts
from apps.releases.models import Waiver
from apps.releases.states import WaiverState

PEOPLE = ("proposed_by", "confirmed_by")
STANDING = (WaiverState.PROPOSED, WaiverState.CONFIRMED)


def waivers_for(version: Version, environment: Environment) -> dict[tuple[str, str], Waiver]:
    """(gate, subject) → what was proposed or confirmed for these very words."""
    rows = Waiver.objects.filter(
        version=version,
        content_hash=version.content_hash,
        environment=environment,
        state__in=STANDING,
    )
    found = {}
    for row in rows.select_related(*PEOPLE):
        row.version, row.environment = version, environment
        found[row.gate, row.subject] = row
    return found


def waiver_for(actor: Actor, pk: int) -> Waiver:
    """One of a prompt that the actor may see, or 404."""
    rows = Waiver.objects.filter(version__prompt__in=visible_prompts(actor))
    rows = rows.select_related(*PEOPLE, "environment", "version__prompt__namespace")
    waiver = rows.filter(pk=pk).first()
    if waiver is None:
        require(not_visible())
    assert waiver is not None
    return waiver


def proposed_waivers(prompt: Prompt) -> list[Waiver]:
    """What waits for a second person."""
    rows = Waiver.objects.filter(version__prompt=prompt, state=WaiverState.PROPOSED)
    rows = rows.select_related(*PEOPLE, "environment", "version")
    return list(rows.defer("version__content"))

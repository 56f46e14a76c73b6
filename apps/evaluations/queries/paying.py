"""Who pays for what a prompt's tests ask of models."""

from __future__ import annotations

from typing import Any

from apps.core.actors import person_behind
from apps.prompts.models import Prompt
from apps.teams.models import Team


def paying_team(prompt: Prompt, actor: Any) -> Team | None:
    """The team that owns the prompt, else the first one of whoever asks."""
    if prompt.owner is not None:
        return prompt.owner
    person = person_behind(actor)
    if person is None:
        return None
    return Team.objects.filter(memberships__person=person).order_by("name").first()

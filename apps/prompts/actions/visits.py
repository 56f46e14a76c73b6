"""What a person opened last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.actions import working
from apps.core.errors import require
from apps.prompts.models import Prompt, Visit
from apps.prompts.permissions import can_view_prompt

AGAIN = timedelta(minutes=1)


@working
def note_visit(prompt: Prompt, *, actor: Any) -> None:
    """Remember that a person opened the prompt; within a minute once."""
    require(can_view_prompt(actor, prompt))
    now = timezone.now()
    if not Visit.objects.filter(person=actor, prompt=prompt, at__gt=now - AGAIN).exists():
        Visit.objects.update_or_create(person=actor, prompt=prompt, defaults={"at": now})

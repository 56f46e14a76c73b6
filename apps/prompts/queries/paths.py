"""Which paths prompts have, and which they had lately."""

from __future__ import annotations

from typing import Any

from apps.prompts.models import Prompt, PromptFormerPath
from apps.prompts.queries.prompts import held_paths, led_on, visible_prompts


def is_prompt(path: str) -> bool:
    """Whether a prompt has this path, or had it lately: no namespace can have it then."""
    if Prompt.objects.filter(path=path).exists():
        return True
    return held_paths().filter(path=path).exists()


def held_by_another(path: str, prompt: Prompt | None) -> PromptFormerPath | None:
    """The other prompt's claim on a path that it had lately."""
    rows = held_paths().filter(path=path)
    return (rows.exclude(prompt=prompt) if prompt is not None else rows).first()


def moved_to(actor: Any, path: str) -> Prompt | None:
    """Where the prompt of a former path is now, if the actor may see it there."""
    return led_on(visible_prompts(actor), path)


def former_paths_of(prompt: Prompt) -> list[PromptFormerPath]:
    return list(held_paths().filter(prompt=prompt))

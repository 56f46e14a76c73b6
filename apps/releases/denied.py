from __future__ import annotations

from typing import Any

from apps.environments.models import Environment
from apps.prompts.models import Version


def denied(event: str, version: Version, environment: Environment) -> dict[str, Any] | None:
    """How a refusal is written down: only those on protected environments are."""
    if not environment.protected:
        return None
    return {
        "event": event,
        "target": version.prompt,
        "namespace": version.prompt.namespace,
        "environment": environment.name,
        "data": {"version": version.number},
    }

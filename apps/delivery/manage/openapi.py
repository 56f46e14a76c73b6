"""What the OpenAPI document says of every call of an automation."""

from __future__ import annotations

from typing import Any

from apps.delivery.schemas import ProblemOut

WRITING, RELEASING = "write", "release"
REFUSED = frozenset({400, 401, 403, 404, 409, 411, 413, 422, 429, 503})


def answers(status: int, shape: Any, **more: Any) -> dict[Any, Any]:
    extra = {int(code.removeprefix("s")): other for code, other in more.items()}
    return {status: shape, **extra, REFUSED: ProblemOut}


def asks(*names: str) -> dict[str, Any]:
    """Query parameters, read by the call itself."""
    words = {
        "after": "Where to go on: from the answer before.",
        "number": "One version, with its content.",
        "old": "The number of a version.",
        "new": "The number of a version.",
    }
    return {
        "parameters": [
            {
                "in": "query", "name": name, "description": words[name],
                "required": name in ("old", "new"), "schema": {"type": "string"},
            }
            for name in names
        ]
    }  # fmt: skip

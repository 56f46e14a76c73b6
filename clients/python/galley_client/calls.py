"""One call of a model → one log event."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from galley_client.logs import Event
from galley_client.prompt import Prompt
from galley_client.units import mark

LONGEST_ERROR = 2000  # characters
LONGEST_MODEL = 200

_COUNTS = {
    "input_tokens": ("input_tokens", "prompt_tokens"),
    "output_tokens": ("output_tokens", "completion_tokens"),
}


def event_of(prompt: Prompt, answer: Any, told: Mapping[str, Any], *, words: bool = False) -> Event:
    """What `Galley.log` explains. `told` wins over what the answer and the prompt say."""
    begun, took = prompt.taken()
    event = {
        "id": str(uuid.uuid4()),
        "prompt": prompt.path,
        "version": prompt.version,
        "arm": prompt.arm,
        "environment": prompt.environment,
        "model": str(_of(answer, "model") or prompt.model or "unknown"),
        "started_at": _instant(begun),
        "latency_ms": took,
        "status": "error" if told.get("error") else "ok",
        "unit": None if prompt.unit is None else mark(prompt.unit),
        "variables": _variables(prompt, words),
        "output": _text_of(answer) if words else None,
        **{name: _count(answer, names) for name, names in _COUNTS.items()},
        **{name: value for name, value in told.items() if value is not None},
    }
    event["model"] = event["model"][:LONGEST_MODEL]
    if event.get("error") is not None:
        event["error"] = str(event["error"])[:LONGEST_ERROR]
    return {name: value for name, value in event.items() if value is not None}


def _variables(prompt: Prompt, words: bool) -> dict[str, Any] | None:
    if prompt.values is None:
        return None
    if not words:
        return dict.fromkeys(prompt.values)
    return {name: _plain(value) for name, value in prompt.values.items()}


def _plain(value: Any) -> Any:
    """A value as JSON; what is none, as the text of it."""
    try:
        json.dumps(value, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        return str(value).encode("utf-8", "replace").decode()
    return value


def _text_of(answer: Any) -> str | None:
    """What the model said, in the shapes of OpenAI, of Anthropic, and as plain text."""
    if isinstance(answer, str):
        return answer
    if isinstance(text := _of(answer, "output_text"), str):
        return text
    first = next(iter(_of(answer, "choices") or ()), None)
    if first is not None:
        text = _of(_of(first, "message"), "content")
        return text if isinstance(text, str) else None
    parts = _of(answer, "content")
    if isinstance(parts, str):
        return parts
    texts = [_of(part, "text") for part in parts or ()]
    return "".join(text for text in texts if isinstance(text, str)) or None


def _of(answer: Any, name: str) -> Any:
    """A field of an answer, be it an object or a dictionary."""
    return answer.get(name) if isinstance(answer, Mapping) else getattr(answer, name, None)


def _count(answer: Any, names: tuple[str, ...]) -> int:
    usage = _of(answer, "usage")
    counts = (_of(usage, name) for name in names)
    return next((count for count in counts if type(count) is int), 0)


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

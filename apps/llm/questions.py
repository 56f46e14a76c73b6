"""What is asked of a model and what comes back, as plain values. No network, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OPENAI, ANTHROPIC, DEMO = "openai", "anthropic", "demo"
BASE_URLS = {OPENAI: "https://api.openai.com/v1", ANTHROPIC: "https://api.anthropic.com"}
DEMO_MODEL = "galley/demo"
DEMO_SMALL = "galley/demo-small"  # worse on purpose: to see what a change of models shows
DEMO_MODELS = (DEMO_MODEL, DEMO_SMALL)


@dataclass(frozen=True)
class Line:
    """A connection as a worker uses it, its secret decrypted. Never shown, never kept."""

    kind: str
    base_url: str = ""
    secret: str = field(default="", repr=False)
    allow_private: bool = False
    timeout_s: float = 60.0
    max_parallel: int = 8

    @property
    def address(self) -> str:
        return self.base_url or BASE_URLS.get(self.kind, "")


DEMO_LINE = Line(DEMO, max_parallel=64)


@dataclass(frozen=True)
class Question:
    """`model` is its name in Galley, `remote_name` what the provider calls it."""

    model: str
    remote_name: str
    messages: tuple[dict[str, Any], ...]
    parameters: dict[str, Any] = field(default_factory=dict)
    tools: tuple[dict[str, Any], ...] = ()
    json_schema: dict[str, Any] | None = None


@dataclass(frozen=True)
class Answer:
    """`tool_calls`: dicts of id, name and arguments (JSON text). `finish`: stop, length, refusal,
    tool_calls, or a provider's own word. `model_said`: the name that the provider gave itself."""

    text: str
    tool_calls: tuple[dict[str, Any], ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: int = 0
    finish: str = "stop"
    model_said: str = ""


@dataclass(frozen=True)
class Piece:
    """A part of an answer as it comes. The last one has no text but the whole answer."""

    text: str = ""
    answer: Answer | None = None

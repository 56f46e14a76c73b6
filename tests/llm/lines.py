"""Lines to the scripted provider, and questions over them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from apps.llm.asking import Asker, Line, Question
from apps.llm.pacing import Pace
from tests.llm.provider import Provider

T = TypeVar("T")
CANARY = "sk-canary-5f1e0c2a9b7d4e36"
MODEL = "test-model-1"


def line_to(provider: Provider, **settings: Any) -> Line:
    given = {"secret": CANARY, "allow_private": True, "timeout_s": 5.0, "max_parallel": 8}
    return Line("openai", provider.url, **(given | settings))


def asker_to(provider: Provider, *, line: Line | None = None, **settings: Any) -> Asker:
    """An asker that waits briefly and shares its pace with nobody."""
    used = line or line_to(provider)
    given = {"first_wait": 0.01, "pace": Pace(used.max_parallel, most_failures=10**9)}
    return Asker(used, **(given | settings))


def question(text: str, **more: Any) -> Question:
    return Question(MODEL, MODEL, ({"role": "user", "content": text},), **more)


def run(coroutine: Coroutine[Any, Any, T], seconds: float = 60) -> T:
    return asyncio.run(asyncio.wait_for(coroutine, seconds))

"""Whether a connection works, in words: a question to one of its models, or its list of models."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from apps.llm.asking import Asker, Line, Question, Unanswered

SECONDS = 20.0
MOST_NAMES = 30
WORDS = "Reply with the one word: ready"


@dataclass(frozen=True)
class Trial:
    """`detail`: the provider's own words. `names`: models that it offers, where none was asked."""

    worked: bool
    sentence: str
    detail: str = ""
    names: tuple[str, ...] = ()


def try_line(line: Line, name: str = "", remote_name: str = "") -> Trial:
    """Ask a model of the line; without one, ask what there is. Takes up to 20 seconds."""
    hasty = replace(line, timeout_s=min(SECONDS, line.timeout_s))
    try:
        return asyncio.run(_try(hasty, name, remote_name))
    except Unanswered as failure:
        return Trial(False, failure.sentence, failure.detail)


async def _try(line: Line, name: str, remote_name: str) -> Trial:
    async with Asker(line, attempts=1, patience=SECONDS) as asker:
        if not remote_name:
            return _offered(await asker.names())
        asked = ({"role": "user", "content": WORDS},)
        answer = await asker.ask(Question(name, remote_name, asked))
    words = _("%(model)s answered after %(ms)s ms: “%(text)s”") % {
        "model": name, "ms": answer.latency_ms, "text": answer.text.strip()[:80],
    }  # fmt: skip
    return Trial(True, words)


def _offered(names: list[str]) -> Trial:
    if not names:
        return Trial(True, _("The provider answers. It names no models: add one by its name."))
    words = _("The provider answers and offers %(count)s models. Add those that you want to use.")
    return Trial(True, words % {"count": len(names)}, names=tuple(sorted(names)[:MOST_NAMES]))

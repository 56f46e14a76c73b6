"""Words looked for in the current texts: drafts, and versions (which of them, the caller says)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import F, Func, Q, QuerySet
from django.db.models.functions import Substr

from apps.prompts.models import DraftBlock, Prompt, Version, Visit
from apps.prompts.queries.documents import version_document
from apps.prompts.queries.prompts import visible_prompts
from apps.prompts.queries.registry import (
    MAX_WORDS,
    READ,
    WORD,
    Piece,
    blocks_with,
    excerpt,
    readable,
)

ROW_KEYS = '[{"input": "", "output": ""}]'  # letters of every row, whatever it says


@dataclass(frozen=True)
class TextHit:
    """A block whose text has the words. `draft` is the name of an alternative, "" for the shared
    draft; `version` is set for what no draft says any more."""

    prompt: Prompt
    block_type: str
    key: str
    parts: tuple[Piece, ...]
    draft: str = ""
    draft_id: int | None = None
    version: Version | None = None


def words_of(text: str) -> list[str]:
    return WORD.findall(text.replace("\x00", " "))[:MAX_WORDS]


def prompts_named(actor: Any, text: str, limit: int) -> list[Prompt]:
    """Visible prompts with each word in the name or path, those in use first."""
    rows = visible_prompts(actor).select_related("namespace")
    for word in text.replace("\x00", " ").split()[:MAX_WORDS]:
        rows = rows.filter(Q(name__icontains=word) | Q(path__icontains=word))
    return list(rows.order_by("lifecycle", "name", "path")[:limit])


def draft_hits(actor: Any, text: str, limit: int) -> list[TextHit]:
    """Blocks of visible drafts with words that begin like those looked for; if there is none, with
    the very letters (writing without spaces, a part of a word)."""
    found = _shown(actor, text, list(blocks_with(text).values_list("pk", flat=True)), limit)
    if found or len(text.strip()) < 2:
        return found
    letters = Q(title__icontains=text.strip()) | Q(body__icontains=text.strip())
    if text.strip().casefold() not in ROW_KEYS:
        letters |= Q(rows__icontains=text.strip())
    rows = DraftBlock.objects.filter(letters, removed_at=None)
    rows = rows.filter(draft__prompt__in=visible_prompts(actor))
    return _shown(actor, text, list(rows.values_list("pk", flat=True)[: limit * 4]), limit)


def _shown(actor: Any, text: str, ids: list[int], limit: int) -> list[TextHit]:
    rows = DraftBlock.objects.filter(
        pk__in=ids, draft__closed_at=None, draft__prompt__in=visible_prompts(actor)
    ).select_related("draft__prompt")
    rows = rows.defer("body").annotate(start=Substr("body", 1, READ))
    words = words_of(text) or [text.strip()]
    return [
        TextHit(
            row.draft.prompt, row.type, str(row.key),
            excerpt(readable(row.title, getattr(row, "start", ""), row.rows), words),
            draft=row.draft.name, draft_id=row.draft_id,
        )
        for row in rows.order_by("-changed_at", "pk")[:limit]
    ]  # fmt: skip


def version_hits(versions: QuerySet[Version], text: str, limit: int) -> list[TextHit]:
    """Of `versions`, blocks with the words: one for each version."""
    words = words_of(text)
    if not words:
        return []
    asked = " & ".join(f"'{word}':*" for word in words)
    query = SearchQuery(asked, search_type="raw", config="simple")
    vector: Any = Func(
        F("content"), function="galley_version_words", output_field=SearchVectorField()
    )
    rows = Version.objects.annotate(words=vector).filter(words=query)
    ids = list(rows.values_list("pk", flat=True))
    shown = versions.filter(pk__in=ids).select_related("prompt").order_by("-pk")[: limit * 2]
    hits = (_in_version(version, words) for version in shown)
    return [hit for hit in hits if hit is not None][:limit]


def _in_version(version: Version, words: Iterable[str]) -> TextHit | None:
    """The first block of a version that has all the words: the index knows types and keys too."""
    wanted = [word.casefold() for word in words]
    for part in version_document(version)["blocks"]:
        text = readable(part["title"], part["body"], part.get("rows", []))
        have = [word.casefold() for word in WORD.findall(text)]
        if all(any(one.startswith(word) for one in have) for word in wanted):
            parts = excerpt(text[:READ], wanted)
            return TextHit(version.prompt, part["type"], part["key"], parts, version=version)
    return None


def recent_prompts(actor: Any, limit: int = 8) -> list[Visit]:
    """What a person opened last, of what they may see still; with the prompt."""
    rows = Visit.objects.filter(person=actor, prompt__in=visible_prompts(actor))
    return list(rows.select_related("prompt__namespace").order_by("-at")[:limit])

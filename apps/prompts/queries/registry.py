"""Finding prompts: by place, words, owner, tag. Queries do not grow in number with the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db.models import Count, F, Func, Q, QuerySet
from django.db.models.functions import Substr

from apps.prompts.content import rows_text
from apps.prompts.models import Draft, DraftBlock, Prompt
from apps.prompts.queries.prompts import SHARED, visible_prompts
from apps.prompts.states import IN_USE
from apps.teams.models import Namespace, Team
from apps.teams.queries import visible_namespaces

WORD = re.compile(r"\w+")
MAX_WORDS = 8
EXCERPT = 160
READ = 20_000
# The words of the example rows, as their index has them.
ROW_WORDS: Any = Func(
    F("rows"), template="to_tsvector('simple'::regconfig, %(expressions)s)",
    output_field=SearchVectorField(),
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A part of an excerpt; `hit`: it is a word that was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Hit:
    """Where the words were found: a block of the shared draft, and some of its text."""

    block_type: str
    parts: tuple[Piece, ...]


@dataclass(frozen=True)
class Node:
    """A namespace of the tree; the root has the depth 0. `prompts` lie in it, `below` in it and
    in all under it."""

    namespace: Namespace
    depth: int
    prompts: int
    below: int


def registry(
    actor: Any,
    *,
    namespace: Namespace | None = None,
    text: str = "",
    lifecycle: str = "in_use",
    owner: Team | None = None,
    tag: str = "",
) -> QuerySet[Prompt]:
    """The visible prompts that fit, by path. An empty `lifecycle` means any, "in_use" all but the
    archive."""
    rows = visible_prompts(actor).select_related("namespace", "owner", "changed_by")
    if namespace is not None:
        rows = rows.filter(namespace__lineage__contains=[namespace.pk])
    if lifecycle == "in_use":
        rows = rows.filter(lifecycle__in=IN_USE)
    elif lifecycle:
        rows = rows.filter(lifecycle=lifecycle)
    if owner is not None:
        rows = rows.filter(owner=owner)
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if text.strip():
        rows = rows.filter(_names(text) | Q(pk__in=_prompts_with(text)))
    return rows.order_by("path")


def _prompts_with(text: str) -> QuerySet[Draft, Any]:
    """Ids of the prompts whose text holds the words. The blocks are asked alone, in a query of
    their own: joined to anything, their index is not surely used."""
    ids = list(blocks_with(text).values_list("draft_id", flat=True).distinct())
    return Draft.objects.filter(pk__in=ids, name=SHARED).values("prompt_id")


def _names(text: str) -> Q:
    """Every word stands in the name, the path or the purpose."""
    found = Q()
    for word in text.split()[:MAX_WORDS]:
        found &= Q(name__icontains=word) | Q(path__icontains=word) | Q(purpose__icontains=word)
    return found


def blocks_with(text: str) -> QuerySet[DraftBlock]:
    """Blocks of drafts with words that begin like each of those looked for."""
    words = WORD.findall(text.replace("\x00", " "))[:MAX_WORDS]
    if not words:
        return DraftBlock.objects.none()
    asked = " & ".join(f"'{word}':*" for word in words)
    query = SearchQuery(asked, search_type="raw", config="simple")
    own = SearchVector("title", "body", config="simple")
    rows = DraftBlock.objects.annotate(words=own, row_words=ROW_WORDS)
    return rows.filter(Q(words=query) | Q(row_words=query), removed_at=None)


def search_hits(prompts: Sequence[Prompt], text: str) -> dict[int, Hit]:
    """Prompt id → the first block that holds the words; one query for a page of prompts."""
    places = {"draft__prompt__in": [prompt.pk for prompt in prompts], "draft__name": SHARED}
    rows = blocks_with(text).filter(**places)
    start = Substr("body", 1, READ)
    found = rows.order_by("draft__prompt_id", "pk").distinct("draft__prompt_id")
    words = WORD.findall(text)[:MAX_WORDS]
    columns = found.values_list("draft__prompt_id", "type", "title", start, "rows")
    return {
        pk: Hit(kind, excerpt(readable(title, body, rows), words))
        for pk, kind, title, body, rows in columns
    }


def readable(title: str, start: str, rows: list[dict[str, str]]) -> str:
    """What an excerpt is taken from: the title, the beginning of the text, the examples."""
    return f"{title}\n{start}\n{rows_text(rows)[:READ]}"


def excerpt(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    looked_for = re.compile("|".join(rf"\b{re.escape(word)}\w*" for word in words), re.IGNORECASE)
    first = looked_for.search(text)
    start = max(0, (first.start() if first else 0) - EXCERPT // 3)
    start = text.find(" ", start) + 1 if start else 0
    shown = " ".join(text[start : start + EXCERPT].split())
    if start + EXCERPT < len(text) and not text[start + EXCERPT].isspace():
        shown = shown.rpartition(" ")[0] or shown  # no half word at the end
    pieces, end = ([Piece("… ", False)] if start else []), 0
    for found in looked_for.finditer(shown):
        pieces += [Piece(shown[end : found.start()], False), Piece(found[0], True)]
        end = found.end()
    tail = " …" if start + EXCERPT < len(text) else ""
    return tuple(p for p in [*pieces, Piece(shown[end:] + tail, False)] if p.text)


def namespace_tree(actor: Any) -> list[Node]:
    """The visible namespaces in order of their paths, with how many prompts in use each has."""
    rows = visible_prompts(actor).filter(lifecycle__in=IN_USE).order_by()
    counts = dict(rows.values_list("namespace_id").annotate(Count("pk")))
    namespaces = list(visible_namespaces(actor).order_by("path"))
    below: dict[int, int] = {}
    for namespace in namespaces:
        for pk in namespace.lineage:
            below[pk] = below.get(pk, 0) + counts.get(namespace.pk, 0)
    return [
        Node(one, len(one.lineage) - 1, counts.get(one.pk, 0), below[one.pk]) for one in namespaces
    ]


def owners_in(prompts: QuerySet[Prompt]) -> list[Team]:
    """The teams that own some of them, by name."""
    ids = prompts.order_by().values("owner_id")
    return list(Team.objects.filter(pk__in=ids).order_by("name"))


def tags_in(prompts: QuerySet[Prompt]) -> list[tuple[str, int]]:
    """The tags of some of them with their number, by name."""
    counts: dict[str, int] = {}
    for tags in prompts.order_by().exclude(tags=[]).values_list("tags", flat=True):
        for tag in tags:
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(counts.items())

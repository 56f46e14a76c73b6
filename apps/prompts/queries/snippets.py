"""Snippets that one may see, where they are used, and whose words a pin brings in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.prompts.content import parse
from apps.prompts.models import DraftBlock, Snippet, SnippetVersion, Version
from apps.teams.queries import visible_namespaces

OFFERED = 20
WORDS = ("type", "title", "body")


def visible_snippets(actor: Any) -> QuerySet[Snippet]:
    rows = Snippet.objects.filter(namespace__in=visible_namespaces(actor))
    return rows.select_related("namespace")


def found_snippets(actor: Any, text: str, *, archived: bool = False) -> QuerySet[Snippet]:
    """Those with these words in name, purpose or newest text, with `prompts`: in how many used."""
    newest = SnippetVersion.objects.filter(snippet=OuterRef("pk")).order_by("-number")
    rows = (
        visible_snippets(actor)
        .filter(archived_at__isnull=not archived)
        .annotate(
            newest=Subquery(newest.values("number")[:1]),
            kind=Subquery(newest.values("type")[:1]),
            words=Subquery(newest.values("body")[:1]),
            prompts=Count(
                "versions__pins__draft__prompt",
                filter=Q(versions__pins__removed_at=None, versions__pins__draft__name=""),
                distinct=True,
            ),
        )
    )
    for word in text.split():
        fits = Q(name__icontains=word) | Q(purpose__icontains=word) | Q(words__icontains=word)
        rows = rows.filter(fits)
    return rows.order_by("namespace__path", "name")


def offered_snippets(actor: Any) -> list[Snippet]:
    """What the editor offers to insert, the most used first."""
    return list(found_snippets(actor, "").order_by("-prompts", "name")[:OFFERED])  # type: ignore[misc]  # annotated above


def standings(actor: Any, snippets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Id of a snippet → number of its newest version, and in how many prompts it stands; only of
    those that the actor may see."""
    rows = (
        visible_snippets(actor)
        .filter(pk__in=set(snippets))
        .annotate(
            last=Max("versions__number"),
            prompts=Count(
                "versions__pins__draft__prompt",
                filter=Q(versions__pins__removed_at=None, versions__pins__draft__name=""),
                distinct=True,
            ),
        )
    )
    return {row.pk: (row.last, row.prompts) for row in rows}


def snippet_for(actor: Any, pk: int) -> Snippet:
    """A snippet that the actor may see, or 404."""
    snippet = visible_snippets(actor).filter(pk=pk).first()
    if snippet is None:
        require(not_visible())
    assert snippet is not None
    return snippet


def newest_version(snippet: Snippet) -> SnippetVersion:
    return snippet.versions.select_related("author", "snippet__namespace").order_by("-number")[0]


def pins_of(snippet: Snippet) -> QuerySet[DraftBlock]:
    """Blocks of shared drafts that are pins of it now, by prompt."""
    rows = DraftBlock.objects.filter(
        snippet_version__snippet=snippet, removed_at=None, draft__name=""
    )
    related = rows.select_related("draft__prompt__namespace", "snippet_version__snippet__namespace")
    return related.order_by("draft__prompt_id", "pk")


def pinned_version(part: dict[str, Any]) -> SnippetVersion | None:
    """The version that a part of a document names, if the part says what that version says: a pin
    never stands beside other words than the snippet's."""
    pin = part["snippet"]
    if pin is None:
        return None
    place, _slash, name = pin["path"].rpartition("/")
    named = SnippetVersion.objects.filter(
        number=pin["version"], snippet__name=name, snippet__namespace__path=place
    )
    found = named.select_related("snippet__namespace").first()
    return found if found is not None and _says(found, part) else None


def _says(version: SnippetVersion, part: dict[str, Any]) -> bool:
    if any(getattr(version, name) != part[name] for name in WORDS):
        return False
    if part["type"] != "examples":
        return True
    return bool(version.rows == part["rows"] and version.rows_as == part["as"])


def writers_brought(version: SnippetVersion, base: Version | None) -> set[int]:
    """Ids of those whose words a pin brings into a draft, beyond the pins of its base."""
    known = _number_in(base, version)
    wrote = version.snippet.versions.filter(number__gt=known, number__lte=version.number)
    people = set(wrote.values_list("author_id", flat=True))
    if known == 0:
        people |= _wrote_the_block(version.snippet)
    return {pk for pk in people if pk}


def _number_in(base: Version | None, version: SnippetVersion) -> int:
    """The newest version of the same snippet that the base holds, up to this one; 0 for none."""
    if base is None:
        return 0
    path = f"{version.snippet.namespace.path}/{version.snippet.name}"
    pins = [part["snippet"] for part in parse(bytes(base.content))["blocks"] if part["snippet"]]
    numbers = [pin["version"] for pin in pins if pin["path"] == path]
    return max((number for number in numbers if number <= version.number), default=0)


def _wrote_the_block(snippet: Snippet) -> set[int]:
    """A snippet made of a block holds the words of everyone who wrote in that block."""
    history: Any = DraftBlock.history
    pinned = history.filter(snippet_version__snippet=snippet).order_by("history_id").first()
    if pinned is None:
        return set()
    return _wrote(history, pinned.id, pinned.history_id)


def _wrote(history: Any, block: int, before: int) -> set[int]:
    """Ids of those who wrote in a block, and in the one that it began as a copy of."""
    steps = history.filter(id=block, history_id__lt=before)
    people = set(steps.order_by().values_list("history_user_id", flat=True).distinct())
    first = steps.order_by("history_id").first()
    if first is not None and (first.body or first.rows):
        same = history.filter(draft_id=first.draft_id, body=first.body, rows=first.rows)
        earlier = same.filter(history_id__lt=first.history_id).exclude(id=block)
        for copied in set(earlier.order_by().values_list("id", flat=True)):
            people |= _wrote(history, copied, first.history_id)
    return {pk for pk in people if pk}


def outdated(snippet: Snippet, number: int) -> QuerySet[DraftBlock]:
    """Pins of versions before `number`."""
    return (
        pins_of(snippet)
        .filter(snippet_version__number__lt=number)
        .annotate(pinned=F("snippet_version__number"))
    )

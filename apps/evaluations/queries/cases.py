"""The cases of a suite as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Func, Q, QuerySet, TextField
from django.db.models.functions import Cast

from apps.evaluations.models import Case, Suite

A_PAGE = 100
SHOWN = 200  # characters of a cell


@dataclass(frozen=True)
class CaseList:
    page: Page[Case]
    total: int
    enabled: int
    tags: list[tuple[str, int]]
    words: str
    tag: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.tag)


def listed_cases(suite: Suite, *, words: str = "", tag: str = "", page: int = 1) -> CaseList:
    """A page of 100, with the words in any of its texts and the tag."""
    totals = suite.cases.aggregate(all=Count("pk"), on=Count("pk", filter=Q(enabled=True)))
    found = _found(suite.cases.order_by("position", "pk"), words, tag)
    return CaseList(
        page=Paginator(found, A_PAGE).get_page(page),
        total=totals["all"],
        enabled=totals["on"],
        tags=tags_of(suite),
        words=words,
        tag=tag,
    )


def _found(rows: QuerySet[Case], words: str, tag: str) -> QuerySet[Case]:
    if tag:
        rows = rows.filter(tags__contains=[tag])
    if words.strip():
        rows = rows.annotate(said=Cast("values", TextField()))
    for word in words.split():
        rows = rows.filter(
            Q(said__icontains=word) | Q(expected__icontains=word) | Q(name__icontains=word)
        )
    return rows


def tags_of(suite: Suite) -> list[tuple[str, int]]:
    """Each tag with how many cases have it: the slices of the results."""
    each = suite.cases.annotate(tag=Func(F("tags"), function="unnest")).values("tag").order_by()
    rows = each.annotate(many=Count("pk")).values_list("tag", "many")
    return sorted(rows, key=lambda row: (-row[1], row[0]))

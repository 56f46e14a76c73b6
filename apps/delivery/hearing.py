"""Which prompts, drafts and reviews a person may hear of on the live stream: those they may see."""

from __future__ import annotations

from typing import Any

from apps.core import live_topics
from apps.prompts.models import Draft
from apps.prompts.queries import visible_prompts
from apps.reviews.models import Review


def allow_topics() -> None:
    live_topics.allow("prompt", _prompts)
    live_topics.allow("draft", _drafts)
    live_topics.allow("presence", _drafts)  # who is at a draft, by the draft's id
    live_topics.allow("comments", _drafts)  # what is said about a draft, by the draft's id
    live_topics.allow("review", _reviews)


def _prompts(person: Any, idents: set[str]) -> set[str]:
    return _texts(visible_prompts(person).filter(pk__in=_numbers(idents)))


def _drafts(person: Any, idents: set[str]) -> set[str]:
    drafts = Draft.objects.filter(pk__in=_numbers(idents), prompt__in=visible_prompts(person))
    return _texts(drafts)


def _reviews(person: Any, idents: set[str]) -> set[str]:
    reviews = Review.objects.filter(pk__in=_numbers(idents), prompt__in=visible_prompts(person))
    return _texts(reviews)


def _numbers(idents: set[str]) -> list[int]:
    digits = (ident for ident in idents if ident.isascii() and ident.isdigit())
    return [int(ident) for ident in digits if len(ident) < 19]


def _texts(rows: Any) -> set[str]:
    return {str(pk) for pk in rows.order_by().values_list("pk", flat=True)}

"""The side of Home: what one was writing, and what went live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.environments.models import Release
from apps.pages.queries.drafts import draft_words, with_draft_state
from apps.prompts.models import DraftBlock, Prompt
from apps.prompts.queries import visible_prompts


@dataclass(frozen=True)
class Written:
    """A prompt whose draft one edited, and when."""

    prompt: Prompt
    at: datetime
    words: str


def last_written(person: User, limit: int = 5) -> list[Written]:
    """The drafts that this person edited last, newest first. Two queries."""
    rows = (
        DraftBlock.objects.filter(
            changed_by=person, draft__name="", draft__prompt__in=visible_prompts(person)
        )
        .values("draft__prompt")
        .annotate(at=Max("changed_at"))
        .order_by("-at")[:limit]
    )
    moments = {row["draft__prompt"]: row["at"] for row in rows}
    prompts = with_draft_state(visible_prompts(person)).in_bulk(list(moments))
    return [Written(prompts[pk], at, draft_words(prompts[pk])) for pk, at in moments.items()]


def went_live(person: User, limit: int = 5) -> list[Release]:
    """What went live in the last seven days: the newest of each prompt, newest first."""
    since = timezone.now() - timedelta(days=7)
    rows = Release.objects.filter(prompt__in=visible_prompts(person), made_at__gte=since)
    newest = rows.order_by("prompt_id", "-pk").distinct("prompt_id").values("pk")
    joined = Release.objects.filter(pk__in=newest).order_by("-pk")
    related = ("prompt", "version", "environment", "replaced__version")
    return list(joined.select_related(*related)[:limit])

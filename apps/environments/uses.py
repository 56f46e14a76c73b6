"""Which keys fetch which prompt, and when they last did: to the minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet
from django.utils import timezone

from apps.environments.models import Deployment, KeyUse
from apps.prompts.models import Prompt

LATELY = timedelta(days=30)
TABLE_MADE_BY = "0012_key_uses"  # recorded as well where 0001_tables came in its place


def recorded_since() -> datetime | None:
    """When this installation began to write uses down: before, nobody knows."""
    rows = MigrationRecorder.Migration.objects.filter(app="environments", name=TABLE_MADE_BY)
    found: datetime | None = rows.values_list("applied", flat=True).first()
    return found


def callers(prompt: Prompt, within: timedelta = LATELY) -> list[KeyUse]:
    """The keys that fetched it lately, the last one first; of revoked keys nothing is expected."""
    return list(callers_of([prompt.pk], within))


def callers_of(prompts: Iterable[int], within: timedelta = LATELY) -> QuerySet[KeyUse]:
    rows = KeyUse.objects.filter(prompt__in=list(prompts), key__revoked_at=None)
    rows = rows.filter(last_used_at__gt=timezone.now() - within)
    return rows.select_related("key__environment", "key__owner").order_by("-last_used_at")


def owners_of_callers(prompt: Prompt) -> frozenset[int]:
    return frozenset(use.key.owner_id for use in callers(prompt))


def live_but_unused(prompts: QuerySet[Prompt], *, at: datetime | None = None) -> QuerySet[Prompt]:
    """Live in the order for as long as LATELY at least, and fetched by no key in that time."""
    then = (at or timezone.now()) - LATELY
    live = Deployment.objects.filter(environment__position__isnull=False, release__made_at__lt=then)
    used = KeyUse.objects.filter(last_used_at__gt=then)
    return prompts.filter(pk__in=live.values("prompt")).exclude(pk__in=used.values("prompt"))


def last_uses(prompts: Iterable[Prompt]) -> Mapping[int, datetime]:
    """Prompt id → when any key last fetched it."""
    rows = KeyUse.objects.filter(prompt__in=[prompt.pk for prompt in prompts])
    found: dict[int, datetime] = {}
    for prompt, at in rows.values_list("prompt_id", "last_used_at"):
        found[prompt] = max(at, found.get(prompt, at))
    return found

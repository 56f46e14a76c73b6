"""How far the shared draft of a prompt is from its last version, for lists."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from apps.prompts.models import DraftContributor, Prompt, Version


def changed_drafts() -> QuerySet[DraftContributor]:
    """For a query of prompts: somebody changed the shared draft since its last version."""
    return DraftContributor.objects.filter(draft__prompt=OuterRef("pk"), draft__name="")


def with_draft_state(prompts: QuerySet[Prompt]) -> QuerySet[Prompt]:
    """Adds `latest_number` (None without a version) and `draft_changed`."""
    newest = Version.objects.filter(prompt=OuterRef("pk")).order_by("-number")
    return prompts.annotate(
        latest_number=Subquery(newest.values("number")[:1], output_field=IntegerField()),
        draft_changed=Exists(changed_drafts()),
    )


def draft_words(prompt: Any) -> str:
    """ "Changed since v8", "No changes since v3", "New, no version yet"."""
    if prompt.latest_number is None:
        return _("New, no version yet")
    if prompt.draft_changed:
        return _("Changed since v%(n)d") % {"n": prompt.latest_number}
    return _("No changes since v%(n)d") % {"n": prompt.latest_number}

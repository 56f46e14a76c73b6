"""Where a draft is: an alternative has its number in the address, the shared draft has none."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from apps.prompts.models import Draft


def draft_address(name: str, draft: Draft, *args: object, **query: object) -> str:
    """The route `name` with `args`, for this draft."""
    if draft.name:
        query = {**query, "draft": draft.pk}
    address = reverse(name, args=list(args))
    return f"{address}?{urlencode(query)}" if query else address

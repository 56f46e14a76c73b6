"""What the prompts of a namespace ask for: what columns of a spreadsheet can become."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from apps.prompts.models import Prompt, Sample
from apps.prompts.models.drafts import DraftVariable
from apps.prompts.queries.prompts import SHARED, visible_prompts
from apps.prompts.states import IN_USE
from apps.teams.models import Namespace

MOST = 40


def variables_asked_for(namespace: Namespace, actor: Any) -> list[str]:
    """Names of the variables of the prompts in use there and below, the most frequent first."""
    prompts = _prompts(namespace, actor)
    rows = DraftVariable.objects.filter(draft__prompt__in=prompts, draft__name=SHARED)
    counted = Counter(rows.order_by("position", "pk").values_list("name", flat=True))
    return [name for name, _many in counted.most_common(MOST)]


def values_of_a_sample(namespace: Namespace, variable: str, actor: Any) -> dict[str, Any]:
    """Of the first sample of a prompt there that gives this variable a value; {} without one."""
    rows = Sample.objects.filter(prompt__in=_prompts(namespace, actor), values__has_key=variable)
    found = rows.order_by("prompt__name", "name").first()
    values = found.values if found else {}
    return {name: value for name, value in values.items() if value is not None}


def _prompts(namespace: Namespace, actor: Any) -> QuerySet[Prompt]:
    """In use, there and below."""
    return visible_prompts(actor).filter(
        lifecycle__in=IN_USE, namespace__lineage__contains=[namespace.pk]
    )

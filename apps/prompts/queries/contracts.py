"""Where a variable is used: which prompts declare it, and whether they agree on its type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apps.prompts.models import DraftVariable
from apps.prompts.queries.prompts import SHARED, visible_prompts
from apps.prompts.states import IN_USE
from apps.teams.models import Namespace

MOST_NAMES = 100
MOST_ROWS = 2000


@dataclass
class Use:
    """A name, and the variables of that name by prompt."""

    name: str
    rows: list[DraftVariable] = field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return sorted({row.type for row in self.rows})

    @property
    def differs(self) -> bool:
        """Whether the same name means different things to the applications that send it."""
        return len(self.types) > 1


def variable_uses(actor: Any, text: str = "", namespace: Namespace | None = None) -> list[Use]:
    """By name, for names that hold `text`: the variables that visible prompts in use declare in
    the draft that people share. One query, and one for the rights."""
    prompts = visible_prompts(actor).filter(lifecycle__in=IN_USE)
    if namespace is not None:
        prompts = prompts.filter(namespace__lineage__contains=[namespace.pk])
    rows = DraftVariable.objects.filter(draft__name=SHARED, draft__prompt__in=prompts)
    if text:
        rows = rows.filter(name__icontains=text)
    found: dict[str, Use] = {}
    for row in rows.select_related("draft__prompt").order_by("name", "draft__prompt__path")[
        :MOST_ROWS
    ]:
        found.setdefault(row.name, Use(row.name)).rows.append(row)
    return list(found.values())[:MOST_NAMES]

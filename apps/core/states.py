"""The only writer of a status column."""

from __future__ import annotations

from collections.abc import Mapping, Set

from django.db import models
from django.utils.translation import gettext as _

from apps.core.errors import require
from apps.core.verdicts import not_possible

Transitions = Mapping[str, Set[str]]


def move(row: models.Model, field: str, to: str, table: Transitions) -> str:
    """Set `field` of `row` to `to` if the table allows it; save; return the state before.

    Raises NotPossible (409) for a transition that the table does not have. The caller holds the
    row's lock.
    """
    before = str(getattr(row, field))
    if to not in table.get(before, frozenset()):
        require(
            not_possible(
                "illegal_transition",
                _("This is “%(before)s” and cannot become “%(to)s”. Reload to see what happened.")
                % {"before": before.replace("_", " "), "to": to.replace("_", " ")},
                state=before,
            )
        )
    setattr(row, field, to)
    row.save(update_fields=[field])
    return before

from __future__ import annotations

from apps.core.errors import NotPossible


class OverBudget(NotPossible):
    """The team's budget of the month has not enough left. Its sentence says who can raise it."""

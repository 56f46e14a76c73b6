"""What is asked of single calls by unit (a customer, a conversation), for experiments and guards,
and the plain values that come back. `postgres_units` and `columnar_units` answer.

A unit belongs to the arm that it got first, whatever it got later. A unit without calls that were
logged counts through its feedback. Calls without a unit are in none of this. Nor are those that the
audience left out: their arm is OUTSIDE, and they belong to no split.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

MOST_GROUPS = 8


@dataclass(frozen=True)
class Watched:
    """The calls of one split, from `since` until before `until`."""

    environment_id: int
    prompt_id: int
    split_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Narrowed:
    """Only calls with this model, or this tag."""

    model: str = ""
    tag: str = ""


class Exposed(NamedTuple):
    """How many units first came on a day to an arm; `mixed`: those of them seen in another too."""

    arm: str
    day: date
    units: int
    mixed: int


class UnitDay(NamedTuple):
    """What one unit said on one day: how many values, and their sum. `unit` is a running number."""

    unit: int
    arm: str
    day: date
    values: int
    total: float


class Traffic(NamedTuple):
    calls: int
    with_unit: int
    units: int
    last: datetime | None


class FeedbackName(NamedTuple):
    name: str
    kind: str
    count: int
    last: datetime


class UnitFacts(Protocol):
    """An engine, asked about units."""

    def exposed(self, watched: Watched) -> list[Exposed]: ...

    def unit_days(
        self, watched: Watched, measure: str, name: str = "", narrowed: Narrowed | None = None
    ) -> list[UnitDay]:
        """`measure`: errors, latency or cost, or feedback of that `name`."""

    def without_unit(self, watched: Watched) -> int:
        """Calls of that time and place that enter nothing here."""

    def outside(self, watched: Watched) -> int:
        """Units whose calls were all left out by the audience."""

    def groups(self, watched: Watched) -> list[tuple[Narrowed, int]]:
        """The models and tags of a split's calls, those of most units first."""

    def past(self, watched: Watched, measure: str, name: str = "") -> tuple[int, float, float]:
        """Units, and the sum and the sum of squares of their means, whatever the split."""

    def ever_called(self, prompt: int) -> bool: ...

    def traffic(self, watched: Watched) -> Traffic: ...

    def feedback_names(self, watched: Watched) -> list[FeedbackName]: ...

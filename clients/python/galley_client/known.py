"""What is known of one prompt: answers of one and the same revision, and how fresh they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from galley_client.released import Released


@dataclass(eq=False, slots=True)
class Known:
    """`first` is what everybody gets, in a split who has no unit; `arms` the answer of each arm
    that anybody gets, by its name, complete or empty. `confirmed` is when the server last said so,
    on the clock."""

    first: Released
    clock: Callable[[], float]
    arms: Mapping[str, Released] = field(default_factory=dict)
    etag: str = ""
    confirmed: float = 0.0
    is_stale: bool = False
    is_fallback: bool = False

    @property
    def age(self) -> float:
        return max(0.0, self.clock() - self.confirmed)

    @property
    def has_arms(self) -> bool:
        """Whether each unit's answer is here."""
        return self.first.split is None or bool(self.arms)

    def of(self, unit: str | None, attributes: Mapping[str, object] | None = None) -> Released:
        """The answer for a unit. While its arm's answer is not here: the first one, with no arm,
        as for a call without a unit."""
        if unit is None or not self.arms or self.first.split is None:
            return self.first
        return self.arms[self.first.arm_of(unit, attributes)]

    def is_older_than(self, other: Known) -> bool:
        """Behind several server processes a slow one may answer with what was live before."""
        mine, theirs = self.first, other.first
        if mine.environment != theirs.environment:
            return False
        return (mine.revision or 0) < (theirs.revision or 0)

"""What of a prompt was ever live in one environment: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)  # between the clocks of an application and of the database


@dataclass
class Released:
    """`versions`: number → id. `arms`: arm and number → since when, and in which split; in order.
    `revision`: the release up to which this was read."""

    revision: int = 0
    versions: dict[int, int] = field(default_factory=dict)
    arms: dict[tuple[str, int], list[tuple[datetime, str]]] = field(default_factory=dict)

    def split_of(self, arm: str, number: int, at: datetime) -> str | None:
        """The split in which the arm had this version, at that time; None: it never had."""
        splits = self.arms.get((arm, number))
        if not splits:
            return None
        begun = [split for since, split in splits if since <= at + SKEW]
        return begun[-1] if begun else splits[0][1]

"""What a report is about: which calls, in which time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from apps.analytics.periods import Period
from apps.analytics.sketches import Bins, Percentiles, added, percentiles

NOTHING = Decimal(0)
ADDED = ("calls", "errors", "input_tokens", "output_tokens", "cost", "unpriced", "latency_sum")


@dataclass(frozen=True)
class Scope:
    """`prompts`: ids, of which the person may see every one."""

    prompts: tuple[int, ...]
    period: Period
    environment: int | None = None
    version: int | None = None  # its id

    @property
    def before(self) -> Scope:
        return replace(self, period=self.period.before)


@dataclass(frozen=True)
class Sum:
    """What some calls come to."""

    calls: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = NOTHING
    unpriced: int = 0
    latency_sum: float = 0.0
    packed: tuple[bytes, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Sum:
        """From a row that has each sum as `sum_<name>`, and perhaps `bins`."""
        packed = (bytes(row["bins"]),) if row.get("bins") else ()
        return cls(**{name: row[f"sum_{name}"] for name in ADDED}, packed=packed)

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.calls + other.calls,
            self.errors + other.errors,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cost + other.cost,
            self.unpriced + other.unpriced,
            self.latency_sum + other.latency_sum,
            self.packed + other.packed,
        )

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def error_share(self) -> float | None:
        return self.errors / self.calls if self.calls else None

    @property
    def latency(self) -> float | None:
        """On average, in milliseconds."""
        return self.latency_sum / self.calls if self.calls else None

    @property
    def cost_a_call(self) -> Decimal | None:
        """Of the calls whose cost is known."""
        priced = self.calls - self.unpriced
        return self.cost / priced if priced else None

    @cached_property
    def bins(self) -> Bins:
        return added(self.packed)

    @cached_property
    def percentiles(self) -> Percentiles:
        return percentiles(self.bins)


@dataclass(frozen=True)
class Liked:
    """Feedback that says good or bad: marks from -1 to 1, yes and no."""

    count: int = 0
    positive: int = 0

    def __add__(self, other: Liked) -> Liked:
        return Liked(self.count + other.count, self.positive + other.positive)

    @property
    def share(self) -> float | None:
        return self.positive / self.count if self.count else None

"""What can be measured of a call, and how. Pure.

A share (of errors, of a yes) is compared in points; what has a unit (latency, cost) in percent of
what the first version has; other numbers as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from apps.delivery.checked import is_reserved

Source = Literal["errors", "latency", "cost", "feedback"]
Kind = Literal["yes_no", "score", "number", ""]
SOURCES: tuple[Source, ...] = ("errors", "latency", "cost", "feedback")
BOUNDS = {"yes_no": (0.0, 1.0), "score": (-1.0, 1.0)}


@dataclass(frozen=True)
class Metric:
    """`name` and `kind` are of feedback; `higher`: whether more of it is better. A sampled check
    is feedback that Galley gives itself; `label` is the check in words."""

    source: Source
    name: str = ""
    kind: Kind = ""
    higher: bool = False
    label: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Metric:
        return cls(stored["source"], stored["name"], stored["kind"], bool(stored["higher"]),
                   stored.get("label", ""))  # fmt: skip

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_check(self) -> bool:
        return self.source == "feedback" and is_reserved(self.name)

    @property
    def key(self) -> str:
        return f"feedback:{self.name}" if self.source == "feedback" else self.source

    @property
    def is_share(self) -> bool:
        return self.source == "errors" or self.kind == "yes_no"

    @property
    def relative(self) -> bool:
        return self.source in ("latency", "cost")

    @property
    def bounds(self) -> tuple[float, float] | None:
        return BOUNDS["yes_no"] if self.source == "errors" else BOUNDS.get(self.kind)

    def effect(self, amount: float, mean: float) -> float:
        """An amount as people set it (points or percent as a fraction) in the metric's own unit."""
        return amount * abs(mean) if self.relative else amount


@dataclass(frozen=True)
class Guard:
    """By how much a metric may be worse: a fraction, as `Metric.effect` reads it."""

    metric: Metric
    worse: float

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Guard:
        return cls(Metric.of(stored), float(stored["worse"]))

    def stored(self) -> dict[str, Any]:
        return {**self.metric.stored(), "worse": self.worse}


ERRORS = Metric("errors")
LATENCY = Metric("latency")
COST = Metric("cost")


def feedback(name: str, kind: str, *, higher: bool = True, label: str = "") -> Metric:
    return Metric("feedback", name, kind, higher, label)  # type: ignore[arg-type]  # one of Kind

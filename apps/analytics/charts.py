"""A chart is a sentence, a table, and a description that the page's script draws. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format

from apps.analytics.periods import Period


@dataclass(frozen=True)
class Chart:
    """`drawn`: what charts.js reads; None where a table says it all. `rows` are the table's, as
    words; `plain` the same as numbers, for CSV."""

    ident: str
    title: str
    sentence: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    drawn: Mapping[str, Any] | None = None
    plain: Sequence[Sequence[Any]] = ()
    note: str = ""
    links: Sequence[str] = ()  # where the first cell of each row leads to

    @property
    def lines(self) -> list[tuple[str, str, Sequence[str]]]:
        """(address or "", first cell, the others) of each row."""
        links = list(self.links) or [""] * len(self.rows)
        return [(to, row[0], row[1:]) for to, row in zip(links, self.rows, strict=True)]

    @property
    def cells(self) -> Sequence[Sequence[Any]]:
        return self.plain or self.rows


@dataclass(frozen=True)
class Line:
    """One series: `shape` bar, line or area; `side` right for one with a scale of its own."""

    name: str
    values: Sequence[float | None]
    shape: str = "bar"
    side: str = "left"
    unit: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "values": list(self.values), "shape": self.shape,
            "side": self.side, "unit": self.unit,
        }  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A dashed line at one place of the axis, with its words."""

    at: int
    words: str


def drawing(
    labels: Sequence[str],
    lines: Sequence[Line],
    *,
    marks: Sequence[Mark] = (),
    stacked: bool = False,
    alt: str = "",
) -> dict[str, Any]:
    return {
        "labels": list(labels),
        "series": [line.as_json() for line in lines],
        "marks": [{"at": mark.at, "words": mark.words} for mark in marks],
        "stacked": stacked,
        "alt": alt,
    }


def moment_label(moment: datetime, period: Period) -> str:
    """In UTC, as the sums are: "14:00", "9 Nov"."""
    return f"{moment:%H}:00" if period.by_hour else date_format(moment.date(), "j M")


def moment_full(moment: datetime, period: Period) -> str:
    day = date_format(moment.date(), "D j M Y")
    return f"{day}, {moment:%H}:00 UTC" if period.by_hour else day


@dataclass(frozen=True)
class Tile:
    """One figure with its change in words."""

    title: str
    value: str
    change: str
    tone: str = ""


@dataclass
class Report:
    """What could be said. A part that failed is None."""

    tiles: list[Tile | None] = field(default_factory=list)
    charts: dict[str, Chart | None] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return sum(part is None for part in (*self.tiles, *self.charts.values()))

"""What an engine that keeps calls can do, and the plain values that go in and come out.

PostgreSQL is the usual one (`postgres`); a columnar engine (`columnar`) does the same for more
calls than one machine holds. `GALLEY_CALLS_ENGINE` chooses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

HOUR = timedelta(hours=1)


class Call(NamedTuple):
    """One call, ready to be kept. The fields are the columns of `delivery_logevent`."""

    environment_id: int
    prompt_id: int
    version_id: int
    key_id: int
    started_at: datetime
    latency_ms: float
    day: date
    input_tokens: int
    output_tokens: int
    latency_bin: int
    ident: str
    arm: str
    split_id: str
    model: str
    status: str
    unit_hash: bytes | None
    cost: Decimal | None
    error: str
    tags: list[str]
    variables: dict[str, Any] | None
    output: str | None


class Feedback(NamedTuple):
    """One feedback, ready to be kept. The fields are the columns of `delivery_feedbackevent`.
    `replaces`: a second one of the same ident takes the place of the first."""

    environment_id: int
    prompt_id: int
    version_id: int | None
    key_id: int
    started_at: datetime
    value: float
    day: date
    ident: str
    log_ident: str | None
    arm: str
    split_id: str
    name: str
    kind: str
    unit_hash: bytes | None
    comment: str | None
    replaces: bool = False


class Place(NamedTuple):
    """Where and when figures change: what is counted again together."""

    environment_id: int
    prompt_id: int
    hour: datetime


class NotNew(Exception):
    """Some of the calls are known already, or their day is not made yet: `write` sorts that out."""


class Written(NamedTuple):
    accepted: int
    duplicates: int


@dataclass(frozen=True)
class Known:
    """A call that feedback may name."""

    ident: str
    prompt_id: int
    version_id: int | None  # None: feedback that names no call
    arm: str
    split_id: str
    unit_hash: bytes | None
    started_at: datetime


@dataclass(frozen=True)
class Figures:
    """The calls of one hour that have all of the first eight in common. `cost` is of those whose
    cost is known, `unpriced` counts the others. `latency_bins`: key → calls, by `bins.bin_of`
    (mergeable: add the counts)."""

    environment_id: int
    prompt_id: int
    version_id: int
    arm: str
    split_id: str
    model: str
    key_id: int
    hour: datetime
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    unpriced: int
    latency_sum: float
    latency_bins: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FeedbackFigures:
    """The feedback of one hour (of the calls) under one name. `positive`: values above 0."""

    environment_id: int
    prompt_id: int
    version_id: int | None
    arm: str
    split_id: str
    name: str
    kind: str
    hour: datetime
    count: int
    sum: float
    sum_squares: float
    positive: int


@dataclass(frozen=True)
class TagFigures:
    """The calls of one hour that carry one tag; a call with two tags counts under both.
    `latency_bins` as in `Figures`."""

    environment_id: int
    prompt_id: int
    version_id: int
    tag: str
    hour: datetime
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    unpriced: int
    latency_sum: float
    latency_bins: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PartFeedback:
    """The feedback of one hour that is about calls of one model, or with one tag (`part`: which of
    both, `value`: its name). A call with two tags counts under both; feedback about no single call
    counts nowhere."""

    environment_id: int
    prompt_id: int
    version_id: int | None
    part: str
    value: str
    name: str
    kind: str
    hour: datetime
    count: int
    positive: int


@dataclass(frozen=True)
class Filter:
    """Which calls: all of what is given holds; `until` is the first moment after."""

    environment_id: int | None = None
    prompt_ids: Collection[int] | None = None
    version_ids: Collection[int] | None = None
    since: datetime | None = None
    until: datetime | None = None
    model: str | None = None
    arm: str | None = None
    split_id: str | None = None
    tag: str | None = None
    status: str | None = None
    opinion: str | None = None  # "failed" a sampled check, or found "bad" by people
    key_id: int | None = None


GROUPS = (
    "environment_id", "prompt_id", "version_id", "arm", "split_id", "model", "key_id", "hour",
)  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """What a direct count says of the calls of a filter; `group`: the values of what was asked to
    be told apart, in that order."""

    group: tuple[Any, ...]
    calls: int
    errors: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    unpriced: int
    latency_sum: float


class Calls(Protocol):
    """An engine. Every count is exact, and a call is kept once whatever is sent twice."""

    def write(self, calls: Sequence[Call]) -> Written: ...

    def write_new(self, calls: Sequence[Call]) -> Written:
        """The short way, for calls of which none is known; NotNew, and the transaction is lost."""

    def write_feedback(self, feedback: Sequence[Feedback]) -> Written: ...

    def hour_figures(self, environment: int, prompt: int, hour: datetime) -> list[Figures]: ...

    def hour_feedback(
        self, environment: int, prompt: int, hour: datetime
    ) -> list[FeedbackFigures]: ...

    def hour_tags(self, environment: int, prompt: int, hour: datetime) -> list[TagFigures]: ...

    def hour_parts(self, environment: int, prompt: int, hour: datetime) -> list[PartFeedback]: ...

    def totals(self, wanted: Filter, group: Sequence[str] = ()) -> list[Totals]: ...

    def places(self, since: datetime, until: datetime) -> list[Place]:
        """Every place with calls or feedback in that time: what a recount begins with."""

    def known(self, environment: int, idents: Collection[str]) -> dict[str, Known]: ...

    def single(
        self, wanted: Filter, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[Call]:
        """Single calls, newest first; `before`: started_at and ident of the last one shown."""

    def make_days(self, days: Iterable[date]) -> None: ...

    def drop_before(self, day: date) -> int:
        """Drop whole days; how many there were."""

    def forget(self, prompts: Collection[int], before: date) -> int:
        """Drop all calls and feedback of these prompts of the days before; how many."""

    def erase_values(self, prompts: Collection[int], before: datetime) -> int:
        """Forget variables, outputs, error texts and comments of calls before that moment."""

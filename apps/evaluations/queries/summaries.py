"""What stands in a run: counts, money, time left, and the comparison with what was live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

from apps.core.clock import database_now
from apps.evaluations.models import Result, Run
from apps.evaluations.states import ResultState
from apps.evaluations.statistics import Comparison, compare, headline, sentence


@dataclass(frozen=True)
class Counts:
    """Of one run. `open`: answered, but a person or a judge has not judged it."""

    total: int = 0
    passed: int = 0
    failed: int = 0
    open: int = 0
    could_not_run: int = 0
    cancelled: int = 0
    reused: int = 0
    asked: int = 0  # calls that were paid for
    tokens: int = 0
    spent: Decimal = Decimal(0)

    @property
    def judged(self) -> int:
        return self.passed + self.failed

    @property
    def done(self) -> int:
        return self.judged + self.open

    @property
    def finished(self) -> int:
        return self.done + self.could_not_run + self.cancelled


DONE = Q(state=ResultState.DONE)


def counts_of(run_ids: Sequence[int]) -> dict[int, Counts]:
    """Run id → its counts. One query."""
    rows = Result.objects.filter(run__in=run_ids).order_by().values("run")
    found = rows.annotate(
        total=Count("pk"),
        passes=Count("pk", filter=DONE & Q(passed=True)),
        fails=Count("pk", filter=DONE & Q(passed=False)),
        open=Count("pk", filter=DONE & Q(passed=None)),
        missing=Count("pk", filter=Q(state=ResultState.COULD_NOT_RUN)),
        dropped=Count("pk", filter=Q(state=ResultState.CANCELLED)),
        reused=Count("pk", filter=DONE & Q(reused_from__isnull=False)),
        sent=Sum("input_tokens", filter=DONE & Q(reused_from=None)),
        said=Sum("output_tokens", filter=DONE & Q(reused_from=None)),
        paid=Sum("cost"),
    )
    counts = {
        row["run"]: Counts(
            total=row["total"],
            passed=row["passes"],
            failed=row["fails"],
            open=row["open"],
            could_not_run=row["missing"],
            cancelled=row["dropped"],
            reused=row["reused"],
            asked=row["passes"] + row["fails"] + row["open"] - row["reused"],
            tokens=(row["sent"] or 0) + (row["said"] or 0),
            spent=row["paid"] or Decimal(0),
        )
        for row in found
    }
    return {run_id: counts.get(run_id, Counts()) for run_id in run_ids}


@dataclass(frozen=True)
class RunSummary:
    """`comparison` is with what was live, over each case with its first model and all repeats."""

    run: Run
    own: Counts
    live: Counts | None
    comparison: Comparison | None = None
    headline: str = ""
    words: str = ""
    seconds_left: int | None = None
    spent: Decimal = field(default=Decimal(0))

    @property
    def finished(self) -> int:
        return self.own.finished + (self.live.finished if self.live else 0)

    @property
    def total(self) -> int:
        return self.own.total + (self.live.total if self.live else 0)

    @property
    def percent(self) -> int:
        return self.finished * 100 // self.total if self.total else 100

    @property
    def everything_passes(self) -> bool:
        """Every case was answered and passes: what could not run is no pass."""
        return self.own.total > 0 and self.own.passed == self.own.total


def run_summary(run: Run, model: str | None = None) -> RunSummary:
    """Constant queries. The comparison is of one model: the first, unless another is named."""
    ids = [run.pk, run.paired_id] if run.paired_id else [run.pk]
    counts = counts_of(ids)
    live = counts[run.paired_id] if run.paired_id else None
    found = RunSummary(run, counts[run.pk], live, spent=run.spent)
    if run.is_under_way:
        return _with(found, seconds_left=_seconds_left(found))
    if run.paired is None:
        return _with(found, headline=_alone(run, found.own), words="")
    before, after = verdicts_of([run.paired_id or 0, run.pk], model or run.models[0])
    comparison = compare(before, after)
    return _with(
        found,
        comparison=comparison,
        headline=headline(comparison, _subject(run)),
        words=sentence(comparison, run.paired.label, run.label),
    )


def verdicts_of(run_ids: Sequence[int], model: str) -> list[list[float | None]]:
    """For each run, case by case in order: 1 passes, 0 fails, None could not be judged. A case
    that was asked several times passes where it did each time. One query."""
    rows = Result.objects.filter(run__in=run_ids, model=model).order_by()
    found = rows.values_list("run", "case_index", "state", "passed")
    cases: dict[int, dict[int, float | None]] = {run_id: {} for run_id in run_ids}
    for run_id, place, state, passed in found:
        verdict = float(passed) if state == ResultState.DONE and passed is not None else None
        cases[run_id][place] = together(cases[run_id].get(place, 1.0), verdict)
    places = sorted(set().union(*cases.values()))
    return [[cases[run_id].get(place) for place in places] for run_id in run_ids]


def together(one: float | None, other: float | None) -> float | None:
    """Of repeats: a fail is a fail; else one that could not be judged leaves it open."""
    if one == 0 or other == 0:
        return 0.0
    return None if one is None or other is None else 1.0


def _seconds_left(found: RunSummary) -> int | None:
    run = found.run
    if run.started_at is None or found.finished == 0:
        return run.estimate_seconds or None
    took = (database_now() - run.started_at).total_seconds()
    return round(took / found.finished * (found.total - found.finished))


def _subject(run: Run) -> str:
    """The version, or the draft, at the beginning of a sentence."""
    return run.label if run.version_id else "The draft"


def _alone(run: Run, own: Counts) -> str:
    if own.done == 0:
        return f"No case of {run.label} could run"
    judged = own.passed + own.failed
    return f"{own.passed:,} of {judged:,} answers of {run.label} pass"


def _with(found: RunSummary, **more: object) -> RunSummary:
    from dataclasses import replace

    return replace(found, **more)  # type: ignore[arg-type]  # names of its own fields

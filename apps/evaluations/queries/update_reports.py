"""What the change of a model does: prompt by prompt, over all suites that test it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Sum

from apps.evaluations.models import ModelUpdate, PlannedRun, Result, SuiteVersion
from apps.evaluations.queries.case_shares import Shares, case_shares, paired
from apps.evaluations.queries.estimates import Prices
from apps.evaluations.queries.grids import case_name
from apps.evaluations.queries.planned import planned_of
from apps.evaluations.states import FINISHED, PlannedState, ResultState
from apps.evaluations.statistics import Comparison, compare
from apps.prompts.models import Prompt

WORSE, BETTER, UNCHANGED, UNCLEAR = "worse", "better", "unchanged", "unclear"
UNTESTED, WAITS = "untested", "waits"
ALIKE = 0.02  # an interval within so much of nothing is no change
LOST = 0.05  # where more than this share could not run, nothing good is said
FEW = 20
LISTED = 20  # cases that newly fail, of one prompt


@dataclass(frozen=True)
class Usage:
    """Of one model: what a thousand calls cost, and how long one takes."""

    cost: Decimal | None = None
    latency_ms: float | None = None


@dataclass(frozen=True)
class NewlyFailing:
    name: str
    result: int


@dataclass(frozen=True)
class SuiteLine:
    planned: PlannedRun
    comparison: Comparison | None


@dataclass(frozen=True)
class PromptLine:
    """`verdict` is a word of this module; `comparison` is over the cases of all its suites."""

    prompt: Prompt
    verdict: str
    suites: list[SuiteLine]
    comparison: Comparison | None = None
    failing: list[NewlyFailing] = field(default_factory=list)
    before: Usage = Usage()
    after: Usage = Usage()


@dataclass(frozen=True)
class UpdateReport:
    update: ModelUpdate
    lines: list[PromptLine]

    @property
    def counts(self) -> dict[str, int]:
        words = (WORSE, BETTER, UNCHANGED, UNCLEAR, UNTESTED, WAITS)
        return {word: sum(line.verdict == word for line in self.lines) for word in words}


def update_report(update: ModelUpdate, actor: Any = None) -> UpdateReport:
    """What got worse first; with `actor`, of the prompts that they may see. Constant queries."""
    found = _Reading(update, list(planned_of(update, actor)))
    by_prompt: dict[int, list[PlannedRun]] = {}
    for one in found.planned:
        by_prompt.setdefault(one.prompt_id, []).append(one)
    order = (WAITS, WORSE, UNCLEAR, BETTER, UNCHANGED, UNTESTED)
    lines = [found.line(rows) for rows in by_prompt.values()]
    return UpdateReport(update, sorted(lines, key=lambda line: order.index(line.verdict)))


class _Reading:
    def __init__(self, update: ModelUpdate, planned: list[PlannedRun]) -> None:
        self.update, self.planned = update, planned
        self.models = (update.before, update.after)
        runs = [one.run_id for one in planned if one.run_id]
        self.shares = case_shares(runs, self.models)
        self.usage = _usage(runs, self.models)
        self.prices = Prices(self.models)
        self.names = self._names()

    def line(self, rows: Sequence[PlannedRun]) -> PromptLine:
        prompt = rows[0].prompt
        if all(one.state == PlannedState.UNTESTED for one in rows):
            return PromptLine(prompt, UNTESTED, [])
        lines = [SuiteLine(one, self._comparison([one])) for one in rows]
        both = self._comparison(rows)
        failing = [case for one in rows for case in self._failing(one)]
        sums = [self._sums(rows, model) for model in self.models]
        return PromptLine(prompt, self._verdict(rows, lines, both), lines, both, failing, *sums)

    def _verdict(
        self, rows: Sequence[PlannedRun], lines: Sequence[SuiteLine], both: Comparison | None
    ) -> str:
        if any(_is_to_come(one) for one in rows):
            return WAITS
        each = [verdict_of(line.comparison) for line in lines]
        return WORSE if WORSE in each else verdict_of(both)

    def _comparison(self, rows: Sequence[PlannedRun]) -> Comparison | None:
        before: list[float | None] = []
        after: list[float | None] = []
        for one in rows:
            old, new = paired(*self._of(one))
            before, after = before + old, after + new
        return compare(before, after) if before else None

    def _of(self, one: PlannedRun) -> tuple[Shares, Shares]:
        first, second = ((one.run_id or 0, model) for model in self.models)
        return self.shares.get(first, {}), self.shares.get(second, {})

    def _failing(self, one: PlannedRun) -> list[NewlyFailing]:
        return [
            NewlyFailing(self.names.get((one.run_id or 0, place), ""), result)
            for place, result in newly_failing(*self._of(one))[:LISTED]
        ]

    def _names(self) -> dict[tuple[int, int], str]:
        """Of the cases that newly fail; their suites' documents are read for these alone."""
        places = {one: newly_failing(*self._of(one))[:LISTED] for one in self.planned}
        wanted = {one.run.suite_version_id for one, found in places.items() if found and one.run}
        rows = SuiteVersion.objects.filter(pk__in=wanted).values_list("pk", "document")
        documents = dict(rows)
        return {
            (one.run_id, place): case_name(
                documents[one.run.suite_version_id]["cases"][place], place
            )
            for one, found in places.items()
            for place, _result in found
            if one.run is not None and one.run_id is not None
        }

    def _sums(self, rows: Sequence[PlannedRun], model: str) -> Usage:
        found = [self.usage[one.run_id, model] for one in rows if (one.run_id, model) in self.usage]
        calls = sum(row["calls"] for row in found)
        if not calls:
            return Usage()
        sent = sum(row["sent"] or 0 for row in found)
        said = sum(row["said"] or 0 for row in found)
        cost = self.prices.cost(model, round(sent * 1000 / calls), round(said * 1000 / calls))
        slow = sum((row["ms"] or 0) * row["calls"] for row in found) / calls
        return Usage(cost, slow)


def verdict_of(found: Comparison | None) -> str:
    """Worse is said as soon as it shows; better and unchanged only where enough cases ran."""
    if found is None or found.sentence_code == "nothing":
        return UNCLEAR
    if found.sentence_code == "worse":
        return WORSE
    if found.n < FEW or found.could_not_run > LOST * (found.n + found.could_not_run):
        return UNCLEAR
    if found.sentence_code == "better":
        return BETTER
    within = found.low is not None and found.high is not None
    alike = within and found.low >= -ALIKE and found.high <= ALIKE  # type: ignore[operator]
    return UNCHANGED if found.sentence_code == "equal" or alike else UNCLEAR


def newly_failing(before: Shares, after: Shares) -> list[tuple[int, int]]:
    """(place, result) of cases that passed each time, and do not any more."""
    return [
        (place, found.result)
        for place, found in sorted(after.items())
        if found.share is not None and found.share < 1
        and place in before and before[place].share == 1
    ]  # fmt: skip


def _is_to_come(one: PlannedRun) -> bool:
    started = one.state in (PlannedState.STARTED, PlannedState.READ)
    over = one.run is not None and one.run.state in FINISHED
    return one.state == PlannedState.WAITING or (started and not over)


def _usage(runs: Sequence[int], models: Sequence[str]) -> dict[tuple[int | None, str], Any]:
    rows = Result.objects.filter(run__in=runs, model__in=models, state=ResultState.DONE)
    each = rows.order_by().values("run", "model").annotate(
        calls=Count("pk"), sent=Sum("input_tokens"), said=Sum("output_tokens"),
        ms=Avg("latency_ms"),
    )  # fmt: skip
    return {(row["run"], row["model"]): row for row in each}

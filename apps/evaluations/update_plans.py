"""What the change of a model would be tested with, before anything is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.core.verdicts import Verdict, not_possible
from apps.evaluations.models import Suite
from apps.evaluations.permissions import can_start_run
from apps.evaluations.queries import suite_document, visible_suites, with_counts
from apps.evaluations.queries.estimates import Estimate, Known, estimate
from apps.evaluations.queries.model_use import Use
from apps.evaluations.states import SuiteState
from apps.llm.permissions import can_ask_model
from apps.llm.questions import DEMO_MODEL
from apps.prompts.queries.documents import version_document


@dataclass(frozen=True)
class PlanRow:
    """A prompt with a suite that tests it; without one it has no test. `refusal`: why it will not
    be run."""

    use: Use
    suite: Suite | None
    refusal: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True)
class UpdatePlan:
    rows: list[PlanRow]

    @property
    def to_run(self) -> list[PlanRow]:
        return [row for row in self.rows if row.suite is not None and not row.refusal]

    @property
    def total(self) -> Estimate:
        cost, calls, seconds = Known(), 0, 0
        for row in self.to_run:
            assert row.estimate is not None
            cost.add(row.estimate.cost)
            calls, seconds = calls + row.estimate.calls, seconds + row.estimate.seconds
        return Estimate(calls, cost.sum, max(1, seconds))

    @property
    def first_refusal(self) -> str:
        return next((row.refusal for row in self.rows if row.refusal), "")


def plan_update(
    actor: Any, uses: Sequence[Use], *, before: str, after: str, repeats: int, costs: bool = True
) -> UpdatePlan:
    """Each prompt with each suite that serves it, and what both models will cost."""
    rows = visible_suites(actor).filter(state=SuiteState.ACTIVE)
    suites = list(with_counts(rows).order_by("name"))
    documents: dict[int, dict[str, Any]] = {}
    found = []
    for use in uses:
        models = _may_ask(use, (before, after))
        serving = [one for one in suites if one.namespace_id in use.prompt.namespace.lineage]
        if not serving:
            found.append(PlanRow(use, None))
        for suite in serving:
            refusal = _refusal(actor, suite, use, models)
            known = None
            if not refusal and costs:
                if suite.pk not in documents:
                    documents[suite.pk] = suite_document(suite)
                known = _estimate(documents[suite.pk], use, before, after, repeats)
            found.append(PlanRow(use, suite, refusal, known))
    return UpdatePlan(found)


def _may_ask(use: Use, models: Sequence[str]) -> Verdict | None:
    """The first refusal, where one of the models may not be asked for this prompt."""
    asked = (can_ask_model(name, use.prompt.namespace) for name in models)
    return next((verdict for verdict in asked if not verdict), None)


def _refusal(actor: Any, suite: Suite, use: Use, models: Verdict | None) -> str:
    allowed = can_start_run(actor, suite, use.prompt)
    if allowed and models is not None:
        return models.sentence
    counts = (suite.case_total, suite.check_total)  # type: ignore[attr-defined]  # with_counts
    if allowed and not all(counts):
        words = _("“%(suite)s” has no case or no check that is switched on.")
        allowed = not_possible("empty_suite", words % {"suite": suite})
    return allowed.sentence


def _estimate(
    document: dict[str, Any], use: Use, before: str, after: str, repeats: int
) -> Estimate:
    return estimate(
        document, [version_document(use.version)], use.prompt, models=[before, after],
        repeats=repeats, judge=before, embedding=DEMO_MODEL,
    )  # fmt: skip

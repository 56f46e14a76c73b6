"""What a shadow may cost until it ends, and who pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.analytics.queries.calls import sample_of
from apps.environments.models import Environment
from apps.evaluations.queries.estimates import estimate, judgings
from apps.experiments.shadow_terms import ShadowTerms
from apps.llm.questions import DEMO_MODEL
from apps.prompts.models import Version
from apps.prompts.queries.documents import version_document

LIKE = 20  # calls that the coming ones are taken to be like


def cost_of_shadow(
    version: Version, place: Environment, terms: ShadowTerms, checks: Sequence[Mapping[str, Any]]
) -> Decimal | None:
    """Of so many answers, and of judging both answers each time; None: a price is not known."""
    seen = sample_of(version.prompt, place, LIKE, seed=1)
    cases = [{"values": call.variables or {}} for call in seen] or [{"values": {}}]
    document = {"cases": cases, "checks": [*checks, *checks]}
    found = estimate(
        document, [version_document(version)], version.prompt, models=[terms.model], repeats=1,
        judge=terms.judged_by, embedding=DEMO_MODEL,
    )  # fmt: skip
    return None if found.cost is None else found.cost * terms.most / len(cases)


def models_of(terms: ShadowTerms, checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The one that answers, and those that judge."""
    return list(dict.fromkeys([terms.model, *judges_of(terms.judged_by, checks)]))


def judges_of(judge: str, checks: Sequence[Mapping[str, Any]]) -> list[str]:
    """The models that judge; `judge` where a check names none of its own."""
    return list(dict.fromkeys(one.model for one in judgings(checks, judge, DEMO_MODEL)))

"""Samples of real calls as cases, and which of them a suite has not yet."""

from __future__ import annotations

import json
from typing import Any

from apps.analytics.queries.calls import sample_of
from apps.analytics.traffic import cases_of
from apps.delivery.queries import keeping_rules
from apps.environments.models import Environment
from apps.evaluations.models import Suite
from apps.evaluations.new_case import NewCase
from apps.evaluations.states import CaseSource
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.prompts.states import IN_USE

MOST = 200  # prompts


def cases_of_sample(prompt: Prompt, place: Environment, many: int, seed: int) -> list[NewCase]:
    numbers = dict(prompt.versions.values_list("pk", "number"))
    return cases_of(sample_of(prompt, place, many, seed=seed), numbers)


def unknown_to(suite: Suite, cases: list[NewCase]) -> list[NewCase]:
    """Without those that an earlier sample brought."""
    rows = suite.cases.filter(source=CaseSource.TRAFFIC).values_list("name", "values")
    known = {_mark(name, values) for name, values in rows}
    return [case for case in cases if _mark(case.name, case.values) not in known]


def _mark(name: str, values: Any) -> str:
    return json.dumps([name, values], sort_keys=True, default=str)


def prompts_with_values(suite: Suite, actor: Any) -> list[Prompt]:
    """Those that the suite serves and whose rule keeps what applications sent. Two queries."""
    rows = visible_prompts(actor).filter(
        lifecycle__in=IN_USE, namespace__lineage__contains=[suite.namespace_id]
    )
    found = list(rows.select_related("namespace").order_by("name")[:MOST])
    rules = keeping_rules([prompt.pk for prompt in found])
    return [one for one in found if one.pk in rules and rules[one.pk].keep_values]

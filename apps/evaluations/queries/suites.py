"""Suites that one may see, and which of them serve a prompt."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import Case, Check, Suite
from apps.evaluations.states import SuiteState
from apps.prompts.models import Prompt
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces


def visible_suites(actor: Any) -> QuerySet[Suite]:
    rows = Suite.objects.filter(namespace__in=visible_namespaces(actor))
    return rows.select_related("namespace")


def suite_for(actor: Any, pk: int) -> Suite:
    """A suite that the actor may see, or 404."""
    suite = visible_suites(actor).filter(pk=pk).first()
    if suite is None:
        require(not_visible())
    assert suite is not None
    return suite


def suites_serving(prompt: Prompt, actor: Any) -> QuerySet[Suite]:
    """Those in use, of the prompt's namespace and above, that the actor may see."""
    rows = visible_suites(actor).filter(namespace__in=prompt.namespace.lineage)
    return with_counts(rows.filter(state=SuiteState.ACTIVE))


def suites_for_namespace(namespace: Namespace, actor: Any) -> QuerySet[Suite]:
    """Those in use that serve every prompt of the namespace."""
    rows = visible_suites(actor).filter(namespace__in=namespace.lineage)
    return rows.filter(state=SuiteState.ACTIVE)


def with_counts(rows: QuerySet[Suite]) -> QuerySet[Suite]:
    """`case_total` and `check_total`: what is switched on."""
    return rows.annotate(
        case_total=Count("cases", filter=Q(cases__enabled=True), distinct=True),
        check_total=Count("checks", filter=Q(checks__enabled=True), distinct=True),
    )


def case_for(actor: Any, pk: int) -> Case:
    case = Case.objects.filter(pk=pk, suite__in=visible_suites(actor))
    found = case.select_related("suite__namespace").first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def check_for(actor: Any, pk: int) -> Check:
    check = Check.objects.filter(pk=pk, suite__in=visible_suites(actor))
    found = check.select_related("suite__namespace").first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def serves(suite: Suite, prompt: Prompt) -> bool:
    return suite.namespace_id in prompt.namespace.lineage

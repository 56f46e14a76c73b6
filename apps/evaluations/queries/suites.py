"""Suites that one may see, and which of them serve a prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.evaluations.models import Case, Check, Suite
from apps.evaluations.states import SuiteState
from apps.prompts.models import Prompt, Visit
from apps.prompts.queries.prompts import visible_prompts, writable_namespaces
from apps.prompts.states import IN_USE
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


def prompts_served(suites: Iterable[Suite], actor: Any) -> dict[int, int]:
    """Id of a suite → how many prompts in use, that the actor may see, it serves."""
    lineages = (
        visible_prompts(actor)
        .filter(lifecycle__in=IN_USE)
        .values_list("namespace__lineage", flat=True)
    )
    counted: Counter[int] = Counter(pk for lineage in lineages for pk in lineage)
    return {suite.pk: counted[suite.namespace_id] for suite in suites}


def home_of_suites(actor: Any) -> Namespace | None:
    """Where a person's next suite most likely belongs: where their last one or last prompt is."""
    writable = writable_namespaces(actor)
    last = Suite.objects.filter(created_by=actor, namespace__in=writable).order_by("-pk").first()
    if last is not None:
        return last.namespace
    visited = Visit.objects.filter(person=actor, prompt__namespace__in=writable)
    recent = visited.select_related("prompt__namespace").order_by("-at").first()
    return recent.prompt.namespace if recent is not None else writable.first()


def free_name(namespace: Namespace, wanted: str) -> str:
    """The name, or the name with the next number, that no suite there has."""
    taken = {name.casefold() for name in namespace.suites.values_list("name", flat=True)}
    name, count = wanted, 2
    while name.casefold() in taken:
        name, count = f"{wanted[:110]} {count}", count + 1
    return name

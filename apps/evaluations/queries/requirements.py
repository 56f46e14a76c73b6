"""Which suites a place asks for before something goes live there."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.core.composed import Composed, OneOf
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.states import Condition, RequirementState
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces


def requirements_at(environment: Environment, namespace: Namespace) -> list[SuiteRequirement]:
    """All that hold there: its own and those from above; also those whose removal waits."""
    return _REQUIREMENTS.rows(environment.pk, namespace.lineage)


def requirements_from(namespace: Namespace) -> QuerySet[SuiteRequirement]:
    """For every environment, all that hold for the prompts of this namespace."""
    return _holding().filter(namespace__in=namespace.lineage)


def requirement_for(actor: Any, pk: int) -> SuiteRequirement:
    """One in a namespace that the actor may see, or 404."""
    rows = SuiteRequirement.objects.filter(namespace__in=visible_namespaces(actor), pk=pk)
    found = rows.select_related("environment", "namespace", "suite__namespace", "asked_by").first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def requirement_words(requirement: SuiteRequirement) -> str:
    """What is asked, as one sentence."""
    percent = f"{round(requirement.share * 100, 1):g}"
    if requirement.condition == Condition.MUST_PASS:
        if requirement.share == 1:
            return _("All cases of “%(suite)s” pass.") % {"suite": requirement.suite}
        words = _("At least %(n)s %% of the cases of “%(suite)s” pass.")
    elif requirement.share == 0:
        words = _("“%(suite)s” passes no fewer cases than with what is live.")
    else:
        words = _("“%(suite)s” passes at most %(n)s points less than with what is live.")
    return words % {"suite": requirement.suite, "n": percent}


def _holding() -> QuerySet[SuiteRequirement]:
    rows = SuiteRequirement.objects.exclude(state=RequirementState.REMOVED)
    return rows.select_related("environment", "namespace", "suite__namespace", "asked_by")


def _required(environment_id: int, lineage: list[int]) -> QuerySet[SuiteRequirement]:
    return _holding().filter(OneOf("namespace_id", lineage), environment_id=environment_id)


_REQUIREMENTS = Composed(_required, int, list)

from __future__ import annotations

import logging

from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, Refused
from apps.environments.models import Environment
from apps.environments.queries import earlier_than
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.queries import requirements_at, runs_to_do
from apps.prompts.models import Version
from apps.reviews.models import Review

log = logging.getLogger("galley.evaluations")


def run_what_is_asked_for(entry: AuditEntry) -> None:
    """After a request for a review: the suites that its place and those before it ask for, on the
    version under review and on what is live.

    Handling the same entry again finds the runs and starts none. A suite that cannot run now (no
    case, no budget) holds the release, and its gate says so.
    """
    rows = Review.objects.select_related("environment")
    review = rows.filter(pk=entry.data["review"]).first()
    if review is None:
        return
    versions = Version.objects.select_related("prompt__namespace")
    version = versions.filter(prompt=review.prompt_id, number=entry.data["version"]).first()
    if version is None:
        return
    for place in (*earlier_than(review.environment), review.environment):
        for asked in requirements_at(place, version.prompt.namespace):
            _run(asked, version, place)


def _run(asked: SuiteRequirement, version: Version, place: Environment) -> None:
    from apps.evaluations.actions import RunTerms, start_run

    if not runs_to_do(asked, version, place):
        return
    try:
        start_run(asked.suite, tested=version, terms=RunTerms(environment=place), actor=SYSTEM)
    except (Refused, Invalid) as refusal:
        log.info("suite %s was not run on %s: %s", asked.suite_id, version.pk, refusal)

from __future__ import annotations

import logging

from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, Refused
from apps.environments.models import Environment
from apps.environments.queries import earlier_than
from apps.evaluations.models import SuiteRequirement
from apps.evaluations.queries import requirements_at, runs_to_do
from apps.evaluations.queries.drift import drift_of, has_open_alarm, is_alarming
from apps.evaluations.queries.planned import updates_to_finish
from apps.evaluations.queries.schedules import due_suite_schedules, planned_to_read
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


def finish_what_is_over() -> int:
    """Model updates whose runs are all over: counted together, and told to whoever started them."""
    from apps.evaluations.actions import finish_update

    done = 0
    for update in updates_to_finish():
        try:
            finish_update(update, actor=SYSTEM)
            done += 1
        except Refused:
            continue  # another worker did it, or somebody cancelled it meanwhile
    return done


def plan_what_is_due() -> int:
    """Schedules whose time has come; what another worker claimed meanwhile is left alone."""
    from apps.evaluations.actions import claim_schedule

    done = 0
    for schedule in due_suite_schedules():
        try:
            claim_schedule(schedule, actor=SYSTEM)
            done += 1
        except Refused:
            continue
        except Exception:  # one that fails does not hold back the others; it is tried again
            log.exception("schedule %s failed", schedule.pk)
    return done


def look_for_drift() -> int:
    """Each run of a schedule that is over is compared with the earlier one, once."""
    from apps.evaluations.actions import mark_read, raise_alarm

    done = 0
    for planned in planned_to_read():
        assert planned.schedule is not None
        try:
            drift = drift_of(planned)
            alarming = is_alarming(drift, planned.schedule.tolerance)
            if drift is not None and alarming and not has_open_alarm(planned):
                raise_alarm(planned, drift=drift, actor=SYSTEM)
            else:
                mark_read(planned)
            done += 1
        except Refused:
            continue
        except Exception:
            log.exception("planned run %s could not be read", planned.pk)
    return done

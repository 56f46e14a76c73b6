from __future__ import annotations

from django.db.models.functions import Now

from apps.evaluations.models import Run, Suite, SuiteRequirement


def lock_suite(suite_id: int) -> Suite:
    """The suite, read anew under its row's lock until the transaction ends."""
    rows = Suite.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("namespace").get(pk=suite_id)


def lock_requirement(requirement_id: int) -> SuiteRequirement:
    rows = SuiteRequirement.objects.select_for_update(no_key=True, of=("self",))
    joined = rows.select_related("environment", "namespace", "suite__namespace", "asked_by")
    return joined.get(pk=requirement_id)


def mark_changed(suite: Suite) -> None:
    """Put the suite first in its lists."""
    Suite.objects.filter(pk=suite.pk).update(changed_at=Now())


def lock_run(run_id: int) -> Run:
    """The run, read anew under the lock of its row and of that of its pair."""
    rows = Run.objects.select_for_update(no_key=True, of=("self",))
    run = rows.select_related("suite_version__suite__namespace", "prompt__namespace").get(pk=run_id)
    if run.paired_id:
        run.paired = rows.get(pk=run.paired_id)
    return run

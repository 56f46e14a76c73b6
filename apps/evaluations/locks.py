from __future__ import annotations

from django.db.models.functions import Now

from apps.evaluations.models import (
    RatingRequest,
    RatingTask,
    Result,
    Run,
    Suite,
    SuiteRequirement,
)


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


OF_A_RUN = ("run__suite_version__suite__namespace", "run__prompt__namespace", "run__version")


def lock_rating_request(request_id: int) -> RatingRequest:
    rows = RatingRequest.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related(*OF_A_RUN).get(pk=request_id)


def lock_rating_task(task_id: int) -> RatingTask:
    """The task, read anew under the lock of its answer and then its own, as rating does it."""
    lock_result(RatingTask.objects.values_list("result", flat=True).get(pk=task_id))
    rows = RatingTask.objects.select_for_update(no_key=True, of=("self",))
    joined = (f"request__{one}" for one in OF_A_RUN)
    return rows.select_related("result", *joined).get(pk=task_id)


def lock_result(result_id: int) -> Result:
    """The result, read anew under its row's lock, with its run."""
    rows = Result.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("reused_from", *OF_A_RUN).get(pk=result_id)

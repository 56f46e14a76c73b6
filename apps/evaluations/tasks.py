"""Runs are worked on in slices; a message only wakes a worker. What is lost is sent again."""

from __future__ import annotations

import logging

from celery import shared_task

from apps.core.origin import coming_from

A_FEW = 5
log = logging.getLogger("galley.evaluations")


def wake(run_id: int) -> None:
    """A broker that is away delays a run: the sweeper sends again."""
    try:
        work_run.apply_async((run_id,), retry=False)
    except Exception:
        log.warning("the broker is away; run %s begins when it is back", run_id)


@shared_task(queue="runs", ignore_result=True)
def work_run(run_id: int) -> None:
    """Work on a run for a slice of at most a minute, then let others have a turn."""
    from apps.evaluations.running.slices import work

    with coming_from("task"):
        if work(run_id):
            wake(run_id)


@shared_task(queue="now", ignore_result=True)
def sweep_runs() -> None:
    """Every 5 s: wake a worker for each run that nobody works on, and for what is planned."""
    from apps.evaluations.actions.work import lost_runs
    from apps.evaluations.queries.planned import waiting_planned

    with coming_from("task"):
        for run_id in lost_runs():
            wake(run_id)
    if waiting_planned(1):
        wake_planned()


def wake_planned() -> None:
    """A broker that is away delays them: the sweeper looks every five seconds."""
    try:
        begin_planned_runs.apply_async(retry=False)
    except Exception:
        log.warning("the broker is away; planned runs begin when it is back")


@shared_task(queue="now", ignore_result=True)
def begin_planned_runs() -> None:
    """Start what is planned, a few at a time: others have a turn between."""
    from apps.evaluations.actions import begin_planned
    from apps.evaluations.queries.planned import waiting_planned

    with coming_from("task"):
        for pk in waiting_planned(A_FEW):
            begin_planned(pk)
        if waiting_planned(1):
            wake_planned()

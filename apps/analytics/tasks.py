"""Live answers are judged by workers, beside the runs; a message only wakes one."""

from __future__ import annotations

import logging

from celery import shared_task

from apps.core.origin import coming_from

log = logging.getLogger("galley.analytics")


@shared_task(queue="now", ignore_result=True)
def sweep_live() -> None:
    """Every 15 s: wake a worker for each setting that has had no look lately."""
    from apps.analytics.queries.live_checks import due

    for pk in due():
        wake(pk)


@shared_task(queue="now", ignore_result=True)
def forget_live() -> None:
    """Every hour, as the words of calls are."""
    from apps.analytics.actions import forget_looks

    with coming_from("task"):
        forget_looks()


def wake(pk: int) -> None:
    """A broker that is away delays the look: the sweeper asks again."""
    try:
        look_at_live.apply_async((pk,), retry=False)
    except Exception:
        log.warning("the broker is away; live answers are judged when it is back")


@shared_task(queue="runs", ignore_result=True)
def look_at_live(pk: int) -> None:
    """A few answers, then others have a turn."""
    from apps.analytics.looking import look

    with coming_from("task"):
        if look(pk):
            wake(pk)

from __future__ import annotations

from celery import shared_task

from apps.core.origin import coming_from


@shared_task(queue="now", ignore_result=True)
def run_subscribers() -> None:
    """Let subscribers read the trail: sent after each act, and by the sweeper every 5 s."""
    from apps.audit.subscribers import run_all

    with coming_from("task"):
        run_all()

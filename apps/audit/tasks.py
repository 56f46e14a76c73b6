from __future__ import annotations

from celery import shared_task

from apps.core.origin import coming_from


@shared_task(queue="now", ignore_result=True)
def run_subscribers() -> None:
    """Let subscribers read the trail: sent after each act, and by the sweeper every 5 s."""
    from apps.audit.subscribers import run_all

    with coming_from("task"):
        run_all()


@shared_task(queue="runs", ignore_result=True)
def check_chain() -> None:
    """Walk the whole chain once a day, beside its checkpoints, and keep what was seen."""
    from apps.audit.actions import note_check
    from apps.audit.held import walk_all

    note_check(walk_all())


@shared_task(queue="now", ignore_result=True)
def make_checkpoint() -> None:
    """Sign what came since the last checkpoint, a minute or 1,000 entries later."""
    from apps.audit.checkpoints import make_due_or_tell

    make_due_or_tell()

"""Trials of the playground in a worker: for pages without a script, and after those that died."""

from __future__ import annotations

import logging

from celery import shared_task

from apps.core.origin import coming_from

log = logging.getLogger("galley.evaluations")


def ask_later(trial_id: int) -> None:
    """A broker that is away loses the message: the page then says that nobody answered."""
    try:
        ask_trial.apply_async((trial_id,), retry=False)
    except Exception:
        log.warning("the broker is away; trial %s is not asked", trial_id)


@shared_task(queue="runs", ignore_result=True)
def ask_trial(trial_id: int) -> None:
    """The answers of a trial of the playground whose page runs no script."""
    from apps.core.actors import SYSTEM
    from apps.evaluations.models import Trial
    from apps.evaluations.trying import ask_all

    with coming_from("task"):
        ask_all(Trial.objects.get(pk=trial_id), SYSTEM)


@shared_task(queue="now", ignore_result=True)
def sweep_trials() -> None:
    """Every minute: answers whose asker is gone are stopped, and what they hold back is free."""
    from apps.evaluations.actions.trials import stop_lost_answers

    with coming_from("task"):
        stop_lost_answers()

"""What the beat starts for the calls that applications tell of."""

from __future__ import annotations

from celery import shared_task


@shared_task
def find_calls_of_feedback() -> None:
    from apps.delivery.actions import match_waiting

    match_waiting()


@shared_task
def tidy_calls() -> None:
    """Days ahead, days gone by, and calls and words that are kept no longer."""
    from apps.delivery.actions import (
        drop_old_days,
        erase_values,
        forget_calls,
        make_days_ahead,
    )

    make_days_ahead()
    erase_values()
    forget_calls()
    drop_old_days()

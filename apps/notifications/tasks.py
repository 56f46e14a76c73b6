from __future__ import annotations

from celery import shared_task

from apps.core.origin import coming_from


@shared_task(queue="runs", ignore_result=True)
def send_letters() -> None:
    """Send what is due: sent after each letter that is written, and by the beat."""
    from apps.notifications.post import send_due

    with coming_from("task"):
        send_due()

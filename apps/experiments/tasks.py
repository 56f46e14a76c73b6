from __future__ import annotations

from celery import shared_task
from django.db import connection

LOCK = "galley-experiments"


@shared_task
def look() -> int:
    """Rollouts that look after themselves, and experiments with something to say. One at a time."""
    from apps.experiments.subscribers import look as look_at_all

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return look_at_all()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [LOCK])


@shared_task(queue="runs", ignore_result=True)
def work_shadows() -> int:
    """A few answers of each shadow that runs."""
    from apps.core.origin import coming_from
    from apps.experiments.shadowing import work_all

    with coming_from("task"):
        return work_all()
